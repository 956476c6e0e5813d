namespace McpHub.Batching;

/// <summary>
/// Lets calls of batches begin: at most so many in all, of one batch, to one server, and of one tier. Who waits is let in by priority
/// and age, whichever batch it is of; who has no room at its server keeps nobody up whose server has. Thread-safe.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="time">The time that ageing goes by.</param>
internal sealed class Admissions(AdmissionLimits limits, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private readonly List<BatchShare> _waitingShares = [];
    private int _running;
    private int _waiting;
    private long _number;

    /// <summary>The calls that have a place.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The calls that wait for one.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Waits for a place, which <see cref="Leave"/> gives back.</summary>
    /// <param name="share">The batch.</param>
    /// <param name="route">What bounds the calls.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="priority">Who waits is let in by that, and by age.</param>
    /// <param name="calls">How many calls are to become one. The place is good for <see cref="Admission.Calls"/> of them, at least one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="null"/> if so many wait already that nobody else may.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled, and has no place.</exception>
    public async ValueTask<Admission?> EnterAsync(
        BatchShare share, Route route, string tool, int priority, int calls, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Admission admission;
        lock (_lock)
        {
            admission = new Admission(share, route, tool, calls, QueueRank.Of(time.GetElapsedTime(_started).Ticks, priority, limits.Ageing, _number++));

            // Whoever waits has no room somewhere, so nobody is overtaken.
            if (_running < limits.Most && share.HasRoom && route.HasRoom)
            {
                Begin(admission);
                return admission;
            }

            if (_waiting >= limits.MostWaiting)
            {
                return null;
            }

            admission.IsWaiting = true;
            share.Add(admission);
            _waiting++;
            if (share.Waiting++ == 0)
            {
                _waitingShares.Add(share);
            }
        }

        using (cancellationToken.UnsafeRegister((_, token) => GiveUp(admission, token), null))
        {
            await admission.Granted;
        }

        return admission;
    }

    /// <summary>A call has ended: its place is for the next.</summary>
    public void Leave(Admission admission, LatencySample sample)
    {
        lock (_lock)
        {
            _running--;
            admission.Share.Running--;
            admission.Route.Leave(admission.Calls, admission.Tool, sample);
            while (_waiting > 0 && _running < limits.Most && TakeNext() is { } next)
            {
                Begin(next);
                next.Grant();
            }
        }
    }

    private Admission? TakeNext()
    {
        AgeingQueue<Admission>? best = null;
        var bestRank = default(QueueRank);
        foreach (var share in _waitingShares)
        {
            if (share.HasRoom && share.Next(out var rank) is { } queue && (best is null || rank.CompareTo(bestRank) < 0))
            {
                (best, bestRank) = (queue, rank);
            }
        }

        if (best is null)
        {
            return null;
        }

        var next = best.Take();
        EndWait(next);
        return next;
    }

    private void Begin(Admission admission)
    {
        _running++;
        admission.Share.Running++;
        admission.Calls = admission.Route.Enter(admission.Calls);
    }

    private void GiveUp(Admission admission, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!admission.IsWaiting)
            {
                return;
            }

            EndWait(admission);
        }

        admission.GiveUp(cancellationToken);
    }

    private void EndWait(Admission admission)
    {
        admission.IsWaiting = false;
        _waiting--;
        if (--admission.Share.Waiting == 0)
        {
            _waitingShares.Remove(admission.Share);
        }
    }
}
