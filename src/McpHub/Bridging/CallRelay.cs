using System.Buffers.Text;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>
/// Carries progress and log messages of one call to the client that made it, in the client's own terms. After
/// <see cref="Detach"/> nothing more passes: the client's context may serve another request by then. Thread-safe.
/// </summary>
internal sealed class CallRelay(McpContext context) : IClientStream
{
    // Whoever keeps a stream for a reader ends it much earlier.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private McpContext? _context = context;
    private double _lastProgress = double.NegativeInfinity;
    private int _holds;
    private bool _hasGivenParts;

    /// <summary>Whether progress has gone to a stream that keeps it for its reader: made once more, the call would give it twice.</summary>
    public bool HasGivenParts
    {
        get
        {
            lock (_lock)
            {
                return _hasGivenParts;
            }
        }
    }

    /// <summary>Whether there can be anything to tell the client before the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="server">What the server can do; one that doesn't log has nothing to tell but progress.</param>
    /// <param name="answersInStreams">Whether the server's answers are event streams, which a session's client may get as such.</param>
    public static bool IsWanted(McpContext context, ServerFeatures server, bool answersInStreams) =>
        context.Envelope.ProgressToken.IsPresent
        || (answersInStreams && context.Session is { Id.Length: > 0 })
        || (server.HasFlag(ServerFeatures.Logging) && (context.Session is not null || context.Envelope.LogLevel.IsPresent));

    /// <summary>The work goes on after a call has ended: for the same request, or for the one that the client sent next.</summary>
    public void Attach(McpContext context, bool isNewRequest)
    {
        lock (_lock)
        {
            _context = context;
            if (isNewRequest)
            {
                _lastProgress = double.NegativeInfinity;
            }
        }
    }

    public void Detach()
    {
        lock (_lock)
        {
            _context = null;
        }
    }

    /// <summary>Sends the client a whole message on the stream of its request.</summary>
    public bool TrySend(Utf8Buffer message)
    {
        lock (_lock)
        {
            if (_context is not null)
            {
                return _context.Stream.TrySend(message);
            }
        }

        message.Dispose();
        return false;
    }

    /// <summary>Whether whoever reads what is sent has to be waited for before there is more.</summary>
    public bool TryGetPause(out Task ready)
    {
        lock (_lock)
        {
            ready = _context?.Stream.WhenReadyAsync() ?? Task.CompletedTask;
        }

        return !ready.IsCompleted;
    }

    /// <summary>Waits for a reader. The call's own deadline rests meanwhile; that of the stream doesn't.</summary>
    public async Task WaitAsync(Task ready, CancellationToken cancellationToken)
    {
        HoldDeadline(LongestPause);
        try
        {
            await ready.WaitAsync(cancellationToken);
        }
        finally
        {
            ReleaseDeadline();
        }
    }

    /// <summary>The client is asked something, perhaps a human: the call's own deadline rests meanwhile.</summary>
    /// <param name="limit">How long the client may take.</param>
    public void HoldDeadline(TimeSpan limit)
    {
        lock (_lock)
        {
            _holds++;
            _context?.HoldDeadline(limit);
        }
    }

    public void ReleaseDeadline()
    {
        lock (_lock)
        {
            if (--_holds == 0)
            {
                _context?.ReleaseDeadline();
            }
        }
    }

    /// <summary>Whether the client asked to be told of progress.</summary>
    public bool WantsProgress
    {
        get
        {
            lock (_lock)
            {
                return _context is { Envelope.ProgressToken.IsPresent: true };
            }
        }
    }

    /// <summary>Passes a <c>notifications/progress</c> on under the client's own token; progress that doesn't grow is left out.</summary>
    public void Progress(ReadOnlySpan<byte> message, in Envelope envelope) => Progress(envelope.Params.Of(message));

    /// <summary>Tells the client of progress under its own token; progress that doesn't grow is left out.</summary>
    /// <param name="parameters">The parameters of the notification; a token in them is left out.</param>
    public void Progress(ReadOnlySpan<byte> parameters)
    {
        lock (_lock)
        {
            if (_context is null)
            {
                return;
            }

            if (_holds == 0)
            {
                _context.ExtendDeadline();
            }

            if (!_context.Envelope.ProgressToken.IsPresent
                || !JsonMembers.TryGet(parameters, "progress"u8, out var json)
                || !Utf8Parser.TryParse(json, out double progress, out _) || progress <= _lastProgress)
            {
                return;
            }

            _lastProgress = progress;
            var buffer = Utf8Buffer.Rent();
            WriteProgress(buffer, parameters, _context.Slice(_context.Envelope.ProgressToken), _context.Revision);
            _hasGivenParts |= _context.Stream.TrySend(buffer) && _context.Stream.KeepsParts;
        }
    }

    /// <summary>Passes a <c>notifications/message</c> on, if the client asked for its level.</summary>
    public void Log(ReadOnlySpan<byte> message, in Envelope envelope)
    {
        lock (_lock)
        {
            if (_context is not null
                && JsonMembers.TryGet(envelope.Params.Of(message), "level"u8, out var json)
                && McpLogLevels.TryParse(json, out var level) && LogLevels.Wants(_context, level))
            {
                var buffer = Utf8Buffer.Rent();
                McpMessages.WriteNotification(buffer, McpMethod.MessageNotification, envelope.Params.Of(message));
                _context.Stream.TrySend(buffer);
            }
        }
    }

    /// <summary>The server answers with an event stream.</summary>
    /// <param name="mayPoll">Whether the stream's events have ids.</param>
    public void Mirror(bool mayPoll)
    {
        lock (_lock)
        {
            _context?.Stream.Mirror(mayPoll);
        }
    }

    /// <summary>The server has closed its stream and wants to be asked for the rest: the client, too, may come back later.</summary>
    public void CloseForPolling(TimeSpan retry)
    {
        lock (_lock)
        {
            _context?.Stream.CloseForPolling(retry);
        }
    }

    private static void WriteProgress(Utf8Buffer buffer, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> token, Revision revision)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":"u8);
        var copy = new ObjectCopy(buffer);
        copy.Member("progressToken"u8, token);
        var members = new JsonMembers(parameters);
        while (members.MoveNext())
        {
            // 'message' came with 2025-03-26.
            if (!members.NameIs("progressToken"u8) && (revision > Revision.V20241105 || !members.NameIs("message"u8)))
            {
                copy.Copy(members);
            }
        }

        copy.End();
        buffer.Write((byte)'}');
    }
}
