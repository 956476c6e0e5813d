namespace McpHub.Protocol;

/// <summary>What one JSON-RPC message is, and where its pieces lie. The pieces that are not read here are passed on unread.</summary>
internal struct Envelope
{
    public EnvelopeKind Kind;

    public McpMethod Method;

    /// <summary>The id as JSON, so that <c>1</c> and <c>"1"</c> stay different.</summary>
    public Slice Id;

    /// <summary>The method's name as JSON, with its quotes.</summary>
    public Slice MethodName;

    public Slice Params;

    public Slice Result;

    /// <summary><c>result.resultType</c>, as JSON with its quotes.</summary>
    public Slice ResultType;

    /// <summary>Whether <c>result.isError</c> is true: the tool ran and failed.</summary>
    public bool IsToolError;

    public Slice Error;

    /// <summary><c>params.name</c>, as JSON with its quotes.</summary>
    public Slice Name;

    /// <summary><c>params.uri</c>, as JSON with its quotes.</summary>
    public Slice Uri;

    /// <summary><c>params.taskId</c>, as JSON with its quotes; absent if it is no string.</summary>
    public Slice TaskId;

    /// <summary><c>params.arguments</c>.</summary>
    public Slice Arguments;

    /// <summary><c>params.cursor</c>, as JSON with its quotes.</summary>
    public Slice Cursor;

    /// <summary><c>params._meta</c>.</summary>
    public Slice Meta;

    /// <summary><c>params._meta.progressToken</c>, as JSON.</summary>
    public Slice ProgressToken;

    /// <summary><c>params._meta["io.modelcontextprotocol/protocolVersion"]</c>, as JSON with its quotes: what makes a request modern.</summary>
    public Slice ProtocolVersion;

    /// <summary><c>params._meta["io.modelcontextprotocol/clientCapabilities"]</c>.</summary>
    public Slice ClientCapabilities;

    /// <summary><c>params._meta["io.modelcontextprotocol/logLevel"]</c>, as JSON.</summary>
    public Slice LogLevel;

    /// <summary><c>params._meta.traceparent</c>, as JSON with its quotes.</summary>
    public Slice TraceParent;

    /// <summary><c>params._meta.tracestate</c>, as JSON with its quotes.</summary>
    public Slice TraceState;

    /// <summary>Whether <c>params</c> has members beside <c>name</c>, <c>uri</c>, <c>arguments</c> and <c>_meta</c>.</summary>
    public bool HasOtherParams;

    /// <summary>Whether the message was meant as a response, and is no good one: it has an id and an outcome, but not of the right kind.</summary>
    public readonly bool IsBrokenResponse => Kind == EnvelopeKind.Invalid && !MethodName.IsPresent && (Result.IsPresent || Error.IsPresent);

    /// <summary>Whether <c>params</c> has <c>inputResponses</c> or <c>requestState</c>: a retry that answers input requests.</summary>
    public bool IsInputRetry;
}
