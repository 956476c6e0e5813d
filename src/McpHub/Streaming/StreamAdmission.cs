using McpHub.Configuration;

namespace McpHub.Streaming;

/// <summary>
/// Lets streams start: as many as may run, and as the budget has room for. The others wait, the highest priority first and among
/// equals the longest; where too many wait, the one with the least claim is refused. Thread-safe.
/// </summary>
internal sealed class StreamAdmission(StreamBudget budget, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<AdmissionWaiter> _waiting = [];
    private StreamsConfig _config = new();
    private int _running;
    private long _last;
    private bool _isClosed;
    private TaskCompletionSource? _empty;

    /// <summary>How many hold a place.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>How many wait for one.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Whether no more are taken.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _isClosed;
            }
        }
    }

    public void Apply(StreamsConfig config)
    {
        lock (_lock)
        {
            _config = config;
            LetIn();
        }
    }

    /// <summary>Takes a place, and the high watermark from the budget; whoever is admitted gives both back.</summary>
    /// <param name="priority">The higher, the sooner.</param>
    /// <param name="bytes">What is taken from the budget.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<AdmissionOutcome> EnterAsync(int priority, int bytes, CancellationToken cancellationToken)
    {
        AdmissionWaiter waiter;
        TimeSpan wait;
        lock (_lock)
        {
            if (_isClosed)
            {
                return AdmissionOutcome.Closed;
            }

            if (_waiting.Count == 0 && TryEnter(bytes))
            {
                return AdmissionOutcome.Admitted;
            }

            if (_waiting.Count >= _config.Queue && !TryDisplace(priority))
            {
                return AdmissionOutcome.QueueFull;
            }

            wait = _config.Wait;
            waiter = new AdmissionWaiter(priority, ++_last, bytes);
            _waiting.Add(waiter);
        }

        try
        {
            return await waiter.Outcome.WaitAsync(wait, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                _waiting.Remove(waiter);
                if (waiter.TrySettle(AdmissionOutcome.TimedOut))
                {
                    if (e is TimeoutException)
                    {
                        return AdmissionOutcome.TimedOut;
                    }

                    throw;
                }
            }

            // It was decided in the same moment.
            var outcome = await waiter.Outcome;
            if (outcome == AdmissionOutcome.Admitted && e is OperationCanceledException)
            {
                budget.Give(bytes);
                Leave();
                throw;
            }

            return outcome;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _running--;
            LetIn();
            if (_running == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    /// <summary>Looks whether the budget has room for those who wait.</summary>
    public void Look()
    {
        lock (_lock)
        {
            LetIn();
        }
    }

    /// <summary>Takes no more, and refuses those who wait.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var waiter in _waiting)
            {
                waiter.TrySettle(AdmissionOutcome.Closed);
            }

            _waiting.Clear();
        }
    }

    /// <summary>Completes when nobody holds a place any more. After <see cref="Close"/>.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_lock)
        {
            return _running == 0 ? Task.CompletedTask : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void LetIn()
    {
        while (_waiting.Min is { } next && TryEnter(next.Bytes))
        {
            _waiting.Remove(next);
            next.TrySettle(AdmissionOutcome.Admitted);
        }
    }

    private bool TryEnter(int bytes)
    {
        if (_running >= _config.MaxActive || !budget.TryTake(bytes))
        {
            return false;
        }

        _running++;
        return true;
    }

    private bool TryDisplace(int priority)
    {
        if (_waiting.Max is not { } least || least.IsBefore(priority))
        {
            return false;
        }

        _waiting.Remove(least);
        least.TrySettle(AdmissionOutcome.Displaced);
        return true;
    }
}
