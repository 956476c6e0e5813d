using McpHub.Catalog;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>One live connection to one MCP server, whatever it is made of. Thread-safe.</summary>
internal abstract partial class UpstreamConnection(string name, IUpstreamEvents events, ILogger logger) : IAsyncDisposable
{
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastId;

    protected string Name { get; } = name;

    protected ILogger Logger { get; } = logger;

    /// <summary>The revision that the server is spoken to in; the newest until the session is open.</summary>
    public Revision Revision { get; set; } = Revisions.Latest;

    /// <summary>The log level that the server was last told (legacy), so that it isn't told again.</summary>
    public McpLogLevel? ToldLogLevel { get; set; }

    /// <summary>Whether the server has answered with event streams: then its answers are passed on as such, where clients take them.</summary>
    public bool AnswersInStreams { get; protected set; }

    /// <summary>Completes when the connection is of no more use, with the reason.</summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>An id that no other request of this connection has.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Sends a request and waits for its response.</summary>
    /// <exception cref="UpstreamException">The server could not be asked, or its answer is not MCP.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the server has been told.</exception>
    public abstract ValueTask<UpstreamReply> SendAsync(UpstreamCall call, CancellationToken cancellationToken);

    /// <summary>Sends a notification, or the response to a request of the server's.</summary>
    /// <param name="message">The whole message; the connection owns it from here.</param>
    public abstract ValueTask PostAsync(Utf8Buffer message, CancellationToken cancellationToken);

    /// <summary>Starts whatever brings messages that belong to no request of ours, once the session is open.</summary>
    public virtual void StartListening()
    {
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>The server may be another one than before, or the same with other lists.</summary>
    protected void ForgetWhatIsKnown()
    {
        ToldLogLevel = null;
        events.OnListChanged(ListMember.Tools);
    }

    /// <summary>Says that the connection is of no more use; whoever owns it ends it.</summary>
    public void Close(string reason) => _closed.TrySetResult(reason);

    /// <summary>Takes a message that is no response. Never throws.</summary>
    /// <param name="message">The message's bytes.</param>
    /// <param name="envelope">Where its pieces lie.</param>
    /// <param name="call">The call on whose own stream it came, if it came on one.</param>
    protected void Receive(ReadOnlySpan<byte> message, in Envelope envelope, UpstreamCall? call)
    {
        if (envelope.Kind == EnvelopeKind.Request)
        {
            Answer(message, envelope);
            return;
        }

        switch (envelope.Method)
        {
            case McpMethod.ProgressNotification:
                (FindByProgressToken(message, envelope) ?? call)?.Relay?.Progress(message, envelope);
                break;
            case McpMethod.MessageNotification:
                (call ?? OnlyCall())?.Relay?.Log(message, envelope);
                break;
            case McpMethod.ToolsChangedNotification:
                events.OnListChanged(ListMember.Tools);
                break;
            case McpMethod.PromptsChangedNotification:
                events.OnListChanged(ListMember.Prompts);
                break;
            case McpMethod.ResourcesChangedNotification:
                events.OnListChanged(ListMember.Resources);
                break;
            default:
                break;
        }
    }

    /// <summary>The call that a progress token belongs to, where many calls share a stream.</summary>
    protected virtual UpstreamCall? FindCall(long id) => null;

    /// <summary>
    /// The one call in flight, if it is only one: a log message on a shared stream names no request, and it must not reach a caller
    /// that it may not be for.
    /// </summary>
    protected virtual UpstreamCall? OnlyCall() => null;

    /// <summary>Posts a message whose loss is logged and otherwise harmless.</summary>
    protected async Task PostQuietlyAsync(Utf8Buffer answer)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await PostAsync(answer, timeout.Token);
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException)
        {
            LogAnswerLost(Logger, Name, e.Message);
        }
    }

    private UpstreamCall? FindByProgressToken(ReadOnlySpan<byte> message, in Envelope envelope) =>
        JsonMembers.TryGet(envelope.Params.Of(message), "progressToken"u8, out var token) && JsonNumber.TryParse(token, out var id)
            ? FindCall(id)
            : null;

    /// <summary>Answers a request of the server's. The gateway declares no capabilities to servers, so only <c>ping</c> is due.</summary>
    private void Answer(ReadOnlySpan<byte> message, in Envelope envelope)
    {
        var answer = Utf8Buffer.Rent();
        var id = envelope.Id.Of(message);
        if (envelope.Method == McpMethod.Ping)
        {
            McpMessages.WriteResult(answer, id, "{}"u8);
        }
        else
        {
            var method = JsonText.Decode(envelope.MethodName.Of(message));
            LogRefused(Logger, Name, LogText.Clean(method ?? ""));
            McpMessages.WriteFailure(answer, id, new Failure(FailureKind.MethodNotFound, $"The gateway does not relay '{method}' to its clients."), Revision);
        }

        _ = PostQuietlyAsync(answer);
    }

    [LoggerMessage(100, LogLevel.Warning, "Server {Server} asked for '{Method}', which the gateway does not relay; refused.")]
    private static partial void LogRefused(ILogger logger, string server, string? method);

    [LoggerMessage(101, LogLevel.Debug, "An answer to a request of server {Server} was lost: {Reason}")]
    private static partial void LogAnswerLost(ILogger logger, string server, string reason);
}
