using System.Collections.Concurrent;
using System.Text;
using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>One live connection to one MCP server, whatever it is made of. Thread-safe.</summary>
internal abstract partial class UpstreamConnection(string name, IUpstreamEvents events, ILogger logger) : IAsyncDisposable
{
    // As many calls may share a session as may be parked, and most that ask at all ask for one thing at a time.
    private const int MostAsked = 1024;

    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What the server has asked and still waits for, by its own ids as JSON.
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _asked = new();
    private long _lastId;

    protected string Name { get; } = name;

    protected ILogger Logger { get; } = logger;

    /// <summary>The revision that the server is spoken to in; the newest until the session is open.</summary>
    public Revision Revision { get; set; } = Revisions.Latest;

    /// <summary>What the server was told of its client (legacy; the capabilities of a session never change).</summary>
    public ClientFeatures Declared { get; init; }

    /// <summary>
    /// The one client whose calls all calls on the connection are, so that what names no call is its business too;
    /// <see langword="null"/> if there are others.
    /// </summary>
    public SessionInputs? Owner { get; init; }

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

    /// <summary>
    /// The first half of <see cref="SendAsync"/>, for who waits anyway: each method more that waits for a proxied call costs about 2 %
    /// of the call. However the task ends, it is given to <see cref="EndAsync"/>.
    /// </summary>
    public virtual Task Begin(UpstreamCall call, CancellationToken cancellationToken) => SendAsync(call, cancellationToken).AsTask();

    /// <summary>The second half of <see cref="SendAsync"/>, and fails as it does.</summary>
    /// <param name="call">The call that was begun.</param>
    /// <param name="begun">What <see cref="Begin"/> gave, ended.</param>
    /// <param name="cancellationToken">The same as it was begun with.</param>
    public virtual ValueTask<UpstreamReply> EndAsync(UpstreamCall call, Task begun, CancellationToken cancellationToken) =>
        new((Task<UpstreamReply>)begun);

    /// <summary>Sends a notification, or the response to a request of the server's.</summary>
    /// <param name="message">The whole message; the connection owns it from here.</param>
    public abstract ValueTask PostAsync(Utf8Buffer message, CancellationToken cancellationToken);

    /// <summary>Completes when the server's own stream is open, or is known not to be: what it sends there earlier may be lost.</summary>
    public virtual Task Hearing => Task.CompletedTask;

    /// <summary>Starts whatever brings messages that belong to no request of ours, once the session is open.</summary>
    public virtual void StartListening()
    {
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>The server's own stream is open for the first time.</summary>
    protected void NoteHeard() => events.OnHeard();

    /// <summary>The server may be another one than before, or the same with other lists.</summary>
    /// <param name="isNewSession">Whether it knows nothing any more of what it was told; else it only could not be heard for a while.</param>
    protected void ForgetWhatIsKnown(bool isNewSession)
    {
        if (isNewSession)
        {
            ToldLogLevel = null;
        }

        events.OnUnheard(isNewSession);
    }

    /// <summary>Says that the connection is of no more use; whoever owns it ends it.</summary>
    public void Close(string reason) => _closed.TrySetResult(reason);

    /// <summary>Sends a notification in the background; one that is lost is logged.</summary>
    public void PostLater(Utf8Buffer message) => _ = PostQuietlyAsync(message);

    /// <summary>Takes a message that is no response. Never throws.</summary>
    /// <param name="message">The message's bytes.</param>
    /// <param name="envelope">Where its pieces lie.</param>
    /// <param name="call">The call on whose own stream it came, if it came on one.</param>
    protected void Receive(ReadOnlySpan<byte> message, in Envelope envelope, UpstreamCall? call)
    {
        if (envelope.Kind == EnvelopeKind.Request)
        {
            Answer(message, envelope, call);
            return;
        }

        if (call is null && IsOfClosedListen(message, envelope))
        {
            // The listen request that took its place says it too.
            return;
        }

        switch (envelope.Method)
        {
            case McpMethod.CancelledNotification:
                Withdraw(message, envelope);
                break;
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
            case McpMethod.ResourceUpdatedNotification:
                if (JsonMembers.TryGet(envelope.Params.Of(message), "uri"u8, out var json) && JsonText.Decode(json) is { } uri)
                {
                    events.OnResourceUpdated(uri);
                }

                break;
            case McpMethod.SubscriptionAcknowledgedNotification:
                (call ?? FindBySubscription(message, envelope))?.Ack?.Take(envelope.Params.Of(message));
                break;
            case McpMethod.TaskNotification:
                (call ?? FindBySubscription(message, envelope))?.Tasks?.Take(envelope.Params.Of(message));
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

    /// <summary>Who answers a request of the server's that came on no call's own stream.</summary>
    protected virtual ICallInputs? InputsOfUnnamed(McpMethod method) => Owner;

    /// <summary>The same where all calls are the <see cref="Owner"/>'s, and some may be running.</summary>
    protected ICallInputs? InputsOfOwner(McpMethod method, IEnumerable<UpstreamCall> running)
    {
        // The newest first: it is the likeliest.
        var calls = running.Where(c => c.Inputs is not null).OrderByDescending(c => c.Id).ToArray();
        return calls.Length switch
        {
            0 => Owner,

            // What a server asks during the only call ends with it. Not its question for the roots, which belong to no call.
            1 when method != McpMethod.ListRoots => calls[0].Inputs,
            _ => Owner!.ForAnyOf([.. calls.Select(c => c.Relay).OfType<CallRelay>()]),
        };
    }

    /// <summary>Posts a message whose loss is logged and otherwise harmless.</summary>
    protected async Task PostQuietlyAsync(Utf8Buffer answer)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await PostAsync(answer, timeout.Token);
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException or ObjectDisposedException)
        {
            LogAnswerLost(Logger, Name, e.Message);
        }
    }

    private UpstreamCall? FindByProgressToken(ReadOnlySpan<byte> message, in Envelope envelope) =>
        JsonMembers.TryGet(envelope.Params.Of(message), "progressToken"u8, out var token) && JsonNumber.TryParse(token, out var id)
            ? FindCall(id)
            : null;

    /// <summary>The listen request that a message of a shared stream is tagged with.</summary>
    private UpstreamCall? FindBySubscription(ReadOnlySpan<byte> message, in Envelope envelope) =>
        TryGetSubscription(message, envelope, out var subscription) && JsonNumber.TryParse(subscription, out var id) ? FindCall(id) : null;

    private bool IsOfClosedListen(ReadOnlySpan<byte> message, in Envelope envelope) =>
        TryGetSubscription(message, envelope, out _) && FindBySubscription(message, envelope) is null;

    private static bool TryGetSubscription(ReadOnlySpan<byte> message, in Envelope envelope, out ReadOnlySpan<byte> subscription) =>
        JsonMembers.TryGet(envelope.Meta.Of(message), MetaKeys.SubscriptionId, out subscription);

    /// <summary>Answers a request of the server's: <c>ping</c> itself, and what a client has to answer through that client.</summary>
    private void Answer(ReadOnlySpan<byte> message, in Envelope envelope, UpstreamCall? call)
    {
        var id = envelope.Id.Of(message);
        if ((Declared & ClientFeatures.Inputs) != ClientFeatures.None && envelope.Method.IsInput())
        {
            var inputs = call?.Inputs ?? InputsOfUnnamed(envelope.Method);
            _ = AskAsync(inputs, envelope.Method, Encoding.UTF8.GetString(id), envelope.Params.Of(message).ToArray());
            return;
        }

        var answer = Utf8Buffer.Rent();
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

    /// <summary>Has a client answer, and answers the server. Never throws.</summary>
    private async Task AskAsync(ICallInputs? inputs, McpMethod method, string id, byte[] parameters)
    {
        using var withdrawn = new CancellationTokenSource();
        if (_asked.Count >= MostAsked || !_asked.TryAdd(id, withdrawn))
        {
            LogTooMany(Logger, Name, method.Text());
            inputs = null;
        }

        ClientAnswer answer;
        try
        {
            answer = inputs is null ? InputRefusal.NoOwner(method) : await inputs.AskAsync(method, parameters, withdrawn.Token);
        }
        catch (Exception e)
        {
            LogAskFailed(Logger, e, Name, method.Text());
            answer = InputRefusal.Unreachable(method);
        }

        _asked.TryRemove(new KeyValuePair<string, CancellationTokenSource>(id, withdrawn));
        if (withdrawn.IsCancellationRequested)
        {
            // What its sender has cancelled is not answered.
            return;
        }

        var message = Utf8Buffer.Rent(answer.Json.Length + 64);
        if (answer.IsError)
        {
            McpMessages.WriteError(message, Encoding.UTF8.GetBytes(id), answer.Json.Span);
        }
        else
        {
            McpMessages.WriteResult(message, Encoding.UTF8.GetBytes(id), answer.Json.Span);
        }

        await PostQuietlyAsync(message);
    }

    /// <summary>The server has no more use for an answer.</summary>
    private void Withdraw(ReadOnlySpan<byte> message, in Envelope envelope)
    {
        if (JsonMembers.TryGet(envelope.Params.Of(message), "requestId"u8, out var id)
            && _asked.TryGetValue(Encoding.UTF8.GetString(id), out var asked))
        {
            try
            {
                asked.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just been answered.
            }
        }
    }

    [LoggerMessage(102, LogLevel.Warning, "Server {Server} asks for too much at once, or twice under one id; its '{Method}' is refused.")]
    private static partial void LogTooMany(ILogger logger, string server, string method);

    [LoggerMessage(103, LogLevel.Error, "A '{Method}' of server {Server} failed in a way that it should not have.")]
    private static partial void LogAskFailed(ILogger logger, Exception exception, string server, string method);

    [LoggerMessage(100, LogLevel.Warning, "Server {Server} asked for '{Method}', which the gateway does not relay; refused.")]
    private static partial void LogRefused(ILogger logger, string server, string? method);

    [LoggerMessage(101, LogLevel.Debug, "An answer to a request of server {Server} was lost: {Reason}")]
    private static partial void LogAnswerLost(ILogger logger, string server, string reason);
}
