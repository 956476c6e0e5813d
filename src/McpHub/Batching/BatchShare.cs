namespace McpHub.Batching;

/// <summary>One batch's calls that run, and those that wait for a place. Touched only under the lock of <see cref="Admissions"/>.</summary>
/// <param name="limit">The most that run at the same time.</param>
internal sealed class BatchShare(int limit)
{
    private readonly List<(Route Route, AgeingQueue<Admission> Queue)> _queues = [];

    public int Running { get; set; }

    /// <summary>How many wait, those that have given up not among them.</summary>
    public int Waiting { get; set; }

    public bool HasRoom => Running < limit;

    public void Add(Admission admission)
    {
        var at = _queues.FindIndex(q => q.Route == admission.Route);
        if (at < 0)
        {
            at = _queues.Count;
            _queues.Add((admission.Route, new AgeingQueue<Admission>()));
        }

        _queues[at].Queue.Add(admission, admission.Rank);
    }

    /// <summary>The queue whose next call is the first of those that there is room for; <see langword="null"/> if there is none.</summary>
    public AgeingQueue<Admission>? Next(out QueueRank rank)
    {
        AgeingQueue<Admission>? best = null;
        rank = default;
        foreach (var (route, queue) in _queues)
        {
            if (!route.HasRoom)
            {
                continue;
            }

            while (queue.TryPeek(out var first, out var firstRank))
            {
                if (first.IsWaiting)
                {
                    if (best is null || firstRank.CompareTo(rank) < 0)
                    {
                        (best, rank) = (queue, firstRank);
                    }

                    break;
                }

                queue.Take();
            }
        }

        return best;
    }
}
