namespace McpHub.Streaming;

/// <summary>
/// The parts that a producer has given and the reader has not acknowledged, numbered from 0. Bounded: a producer that can wait is
/// paused at the high watermark until the reader is down to the low one; one that cannot is refused beyond the most. Thread-safe.
/// </summary>
internal sealed class StreamBuffer
{
    /// <summary>What a part weighs beside its bytes, so that very many very small ones are bounded too.</summary>
    public const int PartOverhead = 64;

    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _parts = [];
    private readonly StreamSizes _sizes;
    private readonly StreamBudget _budget;
    private readonly IStreamObserver _observer;
    private long _first;
    private long _held;
    private long _taken;
    private bool _isPaused;
    private bool _isWarned;
    private bool _hasEnded;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _news;

    /// <param name="sizes">The sizes.</param>
    /// <param name="budget">The bytes of all; the high watermark has been taken from it for this buffer, and is given back by it.</param>
    /// <param name="observer">Who is told.</param>
    public StreamBuffer(StreamSizes sizes, StreamBudget budget, IStreamObserver observer)
    {
        _sizes = sizes;
        _budget = budget;
        _observer = observer;
        _taken = sizes.High;
    }

    /// <summary>The number of the first part that is kept: those before it were acknowledged.</summary>
    public long First
    {
        get
        {
            lock (_lock)
            {
                return _first;
            }
        }
    }

    /// <summary>How many parts were given so far, which is the number of the next one.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _first + _parts.Count;
            }
        }
    }

    /// <summary>The bytes that are held.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    public bool IsPaused
    {
        get
        {
            lock (_lock)
            {
                return _isPaused;
            }
        }
    }

    /// <summary>Takes a part of a producer that cannot wait.</summary>
    public AppendOutcome TryAppend(byte[] part)
    {
        lock (_lock)
        {
            var outcome = Append(part);
            if (outcome == AppendOutcome.Taken && _held >= _sizes.High)
            {
                Pause();
            }

            return outcome;
        }
    }

    /// <summary>Takes a part as soon as there is room for it.</summary>
    /// <remarks>A part that is larger than the high watermark is taken when the buffer is empty.</remarks>
    public async ValueTask<AppendOutcome> AppendAsync(byte[] part, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task room;
            lock (_lock)
            {
                if (_hasEnded || (!_isPaused && (_parts.Count == 0 || _held + part.Length + PartOverhead <= _sizes.High)))
                {
                    return Append(part);
                }

                Pause();
                room = _room!.Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Waits until the producer may go on; completes at once for one that is not paused. When nobody reads any more it never completes:
    /// the producer is being cancelled, and what it gives until then is work for nothing.
    /// </summary>
    public Task WhenRoomAsync()
    {
        lock (_lock)
        {
            return _hasEnded ? Never : _room?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Forgets the parts before a number, which the reader has.</summary>
    public void Acknowledge(long number)
    {
        lock (_lock)
        {
            var count = (int)Math.Clamp(number - _first, 0, _parts.Count);
            var bytes = 0L;
            for (var i = 0; i < count; i++)
            {
                bytes += _parts[i].Length + PartOverhead;
            }

            _parts.RemoveRange(0, count);
            _first += count;
            Release(bytes);
            if (_held <= _sizes.Low)
            {
                _isWarned = false;
                Resume();
            }
        }
    }

    /// <summary>Collects parts from a number on: at least one if there is one, and no more than fit into a size together.</summary>
    /// <returns>The number of the first: a later one where the parts before it were acknowledged meanwhile.</returns>
    public long Read(long number, int mostBytes, List<byte[]> target)
    {
        lock (_lock)
        {
            var first = (int)Math.Clamp(number - _first, 0, _parts.Count);
            var bytes = 0L;
            for (var i = first; i < _parts.Count; i++)
            {
                bytes += _parts[i].Length;
                if (bytes > mostBytes && target.Count > 0)
                {
                    break;
                }

                target.Add(_parts[i]);
            }

            return _first + first;
        }
    }

    /// <summary>Completes when there is a part with this number, or there will be none.</summary>
    public Task WhenReadableAsync(long number)
    {
        lock (_lock)
        {
            return _hasEnded || number < _first + _parts.Count
                ? Task.CompletedTask
                : (_news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The producer has ended. What it has given stays.</summary>
    /// <param name="tail">The bytes of what is kept beside the parts.</param>
    /// <returns>Whether there is room for those; else nothing is kept beside the parts.</returns>
    public bool End(int tail)
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return false;
            }

            _hasEnded = true;
            var fits = _held + tail <= _sizes.Most && TryHold(tail);
            Release(0);
            Resume();
            Tell();
            return fits;
        }
    }

    /// <summary>Ends it, and forgets everything.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _hasEnded = true;
            _first += _parts.Count;
            _parts.Clear();
            Release(_held);
            Resume();
            Tell();
        }
    }

    private AppendOutcome Append(byte[] part)
    {
        var bytes = part.Length + PartOverhead;
        if (_hasEnded)
        {
            return AppendOutcome.Ended;
        }

        if (_held + bytes > _sizes.Most)
        {
            return AppendOutcome.StreamFull;
        }

        if (!TryHold(bytes))
        {
            return AppendOutcome.AllFull;
        }

        _parts.Add(part);
        _observer.OnPart(part.Length);
        if (_held >= _sizes.Most / 10 * 9 && !_isWarned)
        {
            _isWarned = true;
            _observer.OnFilling(_held);
        }

        Tell();
        return AppendOutcome.Taken;
    }

    private bool TryHold(long bytes)
    {
        var missing = _held + bytes - _taken;
        if (missing > 0)
        {
            if (!_budget.TryTake(missing))
            {
                return false;
            }

            _taken += missing;
            if (_budget.IsWarningDue())
            {
                _observer.OnAllFilling();
            }
        }

        _held += bytes;
        _budget.Hold(bytes);
        return true;
    }

    private void Release(long bytes)
    {
        _held -= bytes;
        _budget.Hold(-bytes);

        // One that runs keeps what it may fill before it is paused.
        var needed = _hasEnded ? _held : Math.Max(_held, _sizes.High);
        _budget.Give(_taken - needed);
        _taken = needed;
    }

    private void Pause()
    {
        if (!_isPaused)
        {
            _isPaused = true;
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _observer.OnPaused();
        }
    }

    private void Resume()
    {
        if (_isPaused)
        {
            _isPaused = false;
            _room!.SetResult();
            _room = null;
            _observer.OnResumed();
        }
    }

    private void Tell()
    {
        _news?.SetResult();
        _news = null;
    }
}
