using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>
/// What a request is answered with. Whoever writes the answer disposes it, which gives the bytes back.
/// </summary>
internal readonly struct McpResult : IDisposable
{
    private readonly Utf8Buffer? _owner;

    private McpResult(McpResultKind kind, ReadOnlyMemory<byte> json, Utf8Buffer? owner, Failure? failure, int code = 0, bool isToolError = false)
    {
        Kind = kind;
        Json = json;
        Failure = failure;
        Code = code;
        IsToolError = isToolError;
        _owner = owner;
    }

    /// <summary>Nothing is to be answered: the message was a notification, or the request was cancelled by its sender.</summary>
    public static McpResult None => default;

    /// <summary>The empty result of <c>ping</c> and of acknowledgements.</summary>
    public static McpResult Empty { get; } = Complete("{}"u8.ToArray());

    public McpResultKind Kind { get; }

    /// <summary>The result object, or the upstream's error object.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Why the gateway itself answers with an error.</summary>
    public Failure? Failure { get; }

    /// <summary>The code of the upstream's error.</summary>
    public int Code { get; }

    /// <summary>Whether it is the result of a tool that ran and failed (<c>isError</c>).</summary>
    public bool IsToolError { get; }

    /// <summary>A result of bytes that nobody gives back.</summary>
    public static McpResult Complete(ReadOnlyMemory<byte> json) => new(McpResultKind.Result, json, null, null);

    /// <summary>A result that lies in a rented buffer; the result now owns the buffer.</summary>
    public static McpResult Complete(Utf8Buffer owner, ReadOnlyMemory<byte> json, bool isToolError = false) =>
        new(McpResultKind.Result, json, owner, null, isToolError: isToolError);

    /// <summary>An upstream's error, passed on as it came.</summary>
    public static McpResult UpstreamError(Utf8Buffer owner, ReadOnlyMemory<byte> error, int code) =>
        new(McpResultKind.UpstreamError, error, owner, null, code);

    /// <summary>An error of the gateway's own.</summary>
    public static McpResult Fail(Failure failure) => new(McpResultKind.Failure, default, null, failure);

    /// <inheritdoc cref="Fail(Failure)"/>
    public static McpResult Fail(FailureKind kind, string message) => Fail(new Failure(kind, message));

    public void Dispose() => _owner?.Dispose();
}
