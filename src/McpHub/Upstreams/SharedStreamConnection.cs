using System.Buffers;
using System.Collections.Concurrent;
using McpHub.Bridging.Inputs;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>A connection on which the answers to all calls come back on one stream, in any order: stdio, and HTTP+SSE.</summary>
internal abstract partial class SharedStreamConnection(string name, IUpstreamEvents events, ILogger logger, int maxMessage)
    : UpstreamConnection(name, events, logger)
{
    private readonly ConcurrentDictionary<long, PendingCall> _pending = new();
    private UpstreamException? _lost;
    private int _strays;

    /// <summary>Whether the stream is gone.</summary>
    public bool IsLost => Volatile.Read(ref _lost) is not null;

    protected int MaxMessage { get; } = maxMessage;

    public override async ValueTask<UpstreamReply> SendAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var pending = new PendingCall(call);
        _pending[call.Id] = pending;
        try
        {
            if (Volatile.Read(ref _lost) is { } lost)
            {
                throw new UpstreamException(FailureKind.UpstreamUnavailable, lost.Message, lost);
            }

            await WriteAsync(call.Message, cancellationToken);
            using (cancellationToken.UnsafeRegister(static (state, token) => ((PendingCall)state!).Cancel(token), pending))
            {
                return await pending.Reply;
            }
        }
        catch (OperationCanceledException) when (call.Method != McpMethod.Initialize)
        {
            await CancelAsync(call);
            throw;
        }
        finally
        {
            _pending.TryRemove(call.Id, out _);
            pending.Abandon();
        }
    }

    /// <summary>Writes one message. The bytes belong to the caller again when the task completes.</summary>
    /// <exception cref="UpstreamException">The stream is gone; nothing of the message has left.</exception>
    protected abstract ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken);

    /// <summary>Takes one message from the stream.</summary>
    protected void OnMessage(in ReadOnlySequence<byte> bytes)
    {
        var buffer = Utf8Buffer.CopyOf(bytes);
        var failure = EnvelopeReader.Read(buffer.Span, out var envelope);
        if (failure is not null && envelope.Kind != EnvelopeKind.Response)
        {
            if (envelope.IsBrokenResponse && JsonNumber.TryParse(envelope.Id.Of(buffer.Span), out var broken) && _pending.TryGetValue(broken, out var waiting))
            {
                waiting.Fail(new UpstreamException(FailureKind.UpstreamProtocol, "The server's answer is not JSON-RPC."));
            }
            else
            {
                LogStray(failure.Message);
            }
        }
        else if (envelope.Kind != EnvelopeKind.Response)
        {
            Receive(buffer.Span, envelope, null);
        }
        else if (JsonNumber.TryParse(envelope.Id.Of(buffer.Span), out var id) && _pending.TryGetValue(id, out var pending))
        {
            if (pending.TryComplete(new UpstreamReply(buffer, envelope)))
            {
                // The call owns the buffer now.
                return;
            }
        }
        else
        {
            LogStray("it answers a request that is not waiting for an answer.");
        }

        buffer.Dispose();
    }

    /// <summary>Ends every call that waits for an answer: it may have run, and nobody will ever know.</summary>
    protected void Lose(string reason)
    {
        // The first reason is the true one: what is lost is then closed, which is no reason.
        var lost = new UpstreamException(FailureKind.UpstreamLost, reason);
        lost = Interlocked.CompareExchange(ref _lost, lost, null) ?? lost;

        // First, because a call that fails looks whether the connection is of any more use.
        Close(lost.Message);
        foreach (var (_, pending) in _pending)
        {
            pending.Fail(lost);
        }

    }

    protected override UpstreamCall? FindCall(long id) => _pending.TryGetValue(id, out var pending) ? pending.Call : null;

    protected override UpstreamCall? OnlyCall()
    {
        UpstreamCall? only = null;
        foreach (var (_, pending) in _pending)
        {
            if (pending.Call.Method == McpMethod.Listen)
            {
                continue;
            }

            if (only is not null && Owner is null)
            {
                return null;
            }

            // Of one caller's calls the newest: it is the likeliest, and no other caller sees it in any case.
            only = only is null || pending.Call.Id > only.Id ? pending.Call : only;
        }

        return only;
    }

    protected override ICallInputs? InputsOfUnnamed(McpMethod method) =>
        Owner is null ? OnlyCall()?.Inputs : InputsOfOwner(method, _pending.Values.Select(p => p.Call));

    private async ValueTask CancelAsync(UpstreamCall call)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await PostAsync(GatewayRequests.Cancelled(call.Id), timeout.Token);
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException)
        {
            LogCancelLost(Logger, Name, e.Message);
        }
    }

    private void LogStray(string reason)
    {
        // A server that floods us must not flood the log as well.
        if (Interlocked.Increment(ref _strays) is var count && (count <= 10 || count % 1000 == 0))
        {
            LogStrayMessage(Logger, Name, count, reason);
        }
    }

    [LoggerMessage(110, LogLevel.Warning, "Ignored message {Count} from server {Server} that is no use: {Reason}")]
    private static partial void LogStrayMessage(ILogger logger, string server, int count, string reason);

    [LoggerMessage(111, LogLevel.Debug, "Server {Server} could not be told of a cancelled call: {Reason}")]
    private static partial void LogCancelLost(ILogger logger, string server, string reason);

    /// <summary>A call and whoever waits for its reply. Exactly one of reply, failure and cancel reaches the waiter.</summary>
    private sealed class PendingCall(UpstreamCall call)
    {
        // Continuations run on the reading thread: a hop for each answer costs more than the little that they do.
        private readonly TaskCompletionSource<UpstreamReply> _reply = new();

        public UpstreamCall Call { get; } = call;

        public Task<UpstreamReply> Reply => _reply.Task;

        public bool TryComplete(UpstreamReply reply) => _reply.TrySetResult(reply);

        public void Fail(UpstreamException reason) => _reply.TrySetException(reason);

        public void Cancel(CancellationToken token) => _reply.TrySetCanceled(token);

        /// <summary>Nobody waits any more; a reply that came all the same is given back by who brings it.</summary>
        public void Abandon() => _reply.TrySetCanceled();
    }
}
