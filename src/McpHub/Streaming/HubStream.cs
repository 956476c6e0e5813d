using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary>One stream: a call of a tool that runs by itself, and what its caller has still to read of it. Thread-safe.</summary>
internal sealed class HubStream : IStreamObserver, IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamServices _services;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly StreamSizes _sizes;
    private StreamStatus _status;
    private StreamOutcome _outcome;
    private long _endedAt;
    private long _lastGiven;
    private long _lastRead;
    private int _readers;

    public HubStream(string id, string tool, string callerKey, StreamSizes sizes, StreamServices services)
    {
        Id = id;
        Tool = tool;
        CallerKey = callerKey;
        _sizes = sizes;
        _services = services;
        Buffer = new StreamBuffer(sizes, services.Budget, this);
        StartedAt = _lastGiven = _lastRead = services.Time.GetTimestamp();
    }

    /// <summary>The id, which nobody can guess.</summary>
    public string Id { get; }

    public string Tool { get; }

    /// <summary>Whose stream it is (<see cref="Pipeline.Caller.Key"/>).</summary>
    public string CallerKey { get; }

    public StreamBuffer Buffer { get; }

    public long StartedAt { get; }

    /// <summary>Cancelled when nobody wants the result any more, or it takes too long.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Whether the reader has got the end, so that the stream is kept for one that lost the answer only.</summary>
    public bool WasReadToEnd { get; set; }

    public StreamStatus Status
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    /// <summary>When the tool gave something last, or could go on.</summary>
    public long LastGiven => Volatile.Read(ref _lastGiven);

    /// <summary>When the reader was seen last.</summary>
    public long LastRead => Volatile.Read(ref _readers) > 0 ? _services.Time.GetTimestamp() : Volatile.Read(ref _lastRead);

    /// <summary>When it ended; meaningless before.</summary>
    public long EndedAt => Volatile.Read(ref _endedAt);

    /// <summary>Notes that somebody reads, until <see cref="EndRead"/>.</summary>
    public void BeginRead() => Interlocked.Increment(ref _readers);

    /// <inheritdoc cref="BeginRead"/>
    public void EndRead()
    {
        Volatile.Write(ref _lastRead, _services.Time.GetTimestamp());
        Interlocked.Decrement(ref _readers);
    }

    /// <summary>How far the stream is, and what came of it if it has ended.</summary>
    public StreamStatus Look(out StreamOutcome outcome)
    {
        lock (_lock)
        {
            outcome = _outcome;
            return _status;
        }
    }

    /// <summary>The tool's call has ended. Nothing happens to a stream that has ended already.</summary>
    public void Finish(StreamOutcome outcome)
    {
        lock (_lock)
        {
            if (_status != StreamStatus.Running)
            {
                return;
            }

            if (!Buffer.End(outcome.Json.Length))
            {
                outcome = StreamOutcome.Failed(
                    FailureKind.PayloadTooLarge, $"The result has {outcome.Json.Length} bytes, more than there is room for (gateway.streams.maxBytes, maxTotalBytes). The tool has run.");
            }

            End(outcome.IsResult ? StreamStatus.Completed : StreamStatus.Failed, outcome);
        }
    }

    /// <summary>Ends the stream from outside, and cancels the call. What the reader has not read yet stays where the stream failed.</summary>
    /// <returns>Whether it was running.</returns>
    public bool Stop(StreamStatus status, FailureKind kind, string reason)
    {
        lock (_lock)
        {
            if (_status != StreamStatus.Running)
            {
                return false;
            }

            var outcome = StreamOutcome.Failed(kind, reason);
            if (status == StreamStatus.Cancelled)
            {
                Buffer.Discard();
            }
            else
            {
                Buffer.End(0);
            }

            End(status, outcome);
        }

        // Aside: this may be the thread that reads a server's answers, and what is cancelled goes on where it is cancelled.
        ThreadPool.UnsafeQueueUserWorkItem(static stream => stream.CancelCall(), this, preferLocal: false);
        return true;
    }

    public void OnPart(int bytes)
    {
        Volatile.Write(ref _lastGiven, _services.Time.GetTimestamp());
        _services.Metrics.In(Tool, bytes);
    }

    public void OnPaused() => _services.Metrics.Paused(Tool);

    public void OnResumed() => Volatile.Write(ref _lastGiven, _services.Time.GetTimestamp());

    public void OnFilling(long held) => _services.WarnOfStream(Tool, held, _sizes.Most);

    public void OnAllFilling() => _services.WarnOfAll(Tool);

    /// <summary>The call has ended, and nothing cancels it any more.</summary>
    public void Dispose() => _cancellation.Dispose();

    private void End(StreamStatus status, StreamOutcome outcome)
    {
        Volatile.Write(ref _endedAt, _services.Time.GetTimestamp());
        _status = status;
        _outcome = outcome;
        _services.Metrics.Ended(Tool, status, _services.Time.GetElapsedTime(StartedAt));
    }

    private void CancelCall()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has ended in the same moment.
        }
        catch (AggregateException e)
        {
            _services.ReportCancelFailed(e, Tool);
        }
    }
}
