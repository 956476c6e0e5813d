using McpHub.Caching;

namespace McpHub.Batching;

/// <summary>
/// What is known of the items of one batch while it runs: what each waits for, which have begun, and the one outcome of each.
/// Thread-safe.
/// </summary>
/// <param name="request">The batch.</param>
/// <param name="plan">Which items wait for which.</param>
internal sealed class BatchLedger(BatchRequest request, BatchPlan plan)
{
    private readonly Lock _lock = new();
    private readonly ItemOutcome?[] _outcomes = new ItemOutcome?[request.Items.Count];
    private readonly int[] _dependencies = [.. request.Items.Select(i => plan.DependenciesOf(i.Index))];
    private readonly bool[] _begun = new bool[request.Items.Count];
    private readonly SortedSet<int> _ready = [.. request.Items.Where(i => plan.DependenciesOf(i.Index) == 0).Select(i => i.Index)];
    private readonly Dictionary<byte[], Work> _notBegun = new(KeyComparer.Instance);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = request.Items.Count;
    private bool _isStopped;

    /// <summary>Completes when every item has its outcome.</summary>
    public Task Settled => _settled.Task;

    /// <summary>The outcomes in the order of the items, once all are there.</summary>
    public IReadOnlyList<ItemOutcome> Outcomes => _outcomes!;

    /// <summary>
    /// Makes calls of the items that are ready. Equal ones become one call, also with one that was taken before and has not begun: one
    /// that has begun may not have seen what the later item had to wait for.
    /// </summary>
    /// <param name="traitsOf">What the tool of an item is.</param>
    /// <param name="most">How many calls to make at most.</param>
    public List<Work> TakeReady(Func<BatchItem, ToolTraits> traitsOf, int most)
    {
        var works = new List<Work>();
        lock (_lock)
        {
            while (_ready.Count > 0 && works.Count < most)
            {
                var item = request.Items[_ready.Min];
                _ready.Remove(item.Index);
                if (_outcomes[item.Index] is not null)
                {
                    continue;
                }

                var traits = traitsOf(item);
                var key = traits.IsShareable ? ItemKey.Of(traits.Key, item.Params.Span) : null;
                if (key is not null && _notBegun.TryGetValue(key, out var equal))
                {
                    equal.Join(item);
                    continue;
                }

                var work = new Work(item, traits, key);
                works.Add(work);
                if (key is not null)
                {
                    _notBegun.Add(key, work);
                }
            }
        }

        return works;
    }

    /// <summary>The call is made, or given up, now: no other item joins it any more.</summary>
    /// <returns>Whether anybody still has a use for it; if not, it must not be made.</returns>
    public bool TryBegin(Work work)
    {
        lock (_lock)
        {
            // One that was withdrawn is not among them any more, and an equal one may be.
            if (work.Key is not null && _notBegun.TryGetValue(work.Key, out var open) && open == work)
            {
                _notBegun.Remove(work.Key);
            }

            if (work.Items.All(item => _outcomes[item.Index] is not null))
            {
                return false;
            }

            SetBegun(work, true);
            return true;
        }
    }

    /// <summary>The call was refused before it reached its tool, and is to be made again.</summary>
    /// <returns>Whether it may be: once the batch has stopped, nobody else gives its items an outcome, and the refusal is theirs.</returns>
    public bool TryWithdraw(Work work)
    {
        lock (_lock)
        {
            if (!_isStopped)
            {
                SetBegun(work, false);
            }

            return !_isStopped;
        }
    }

    /// <summary>Gives items their outcomes, unless they have one, and skips what depends on them if they have not succeeded.</summary>
    /// <param name="outcomes">The outcomes; each of these items has its own before what depends on it is skipped.</param>
    /// <returns>The items that have an outcome now and had none, in the order in which they got it.</returns>
    public List<BatchItem> Settle(params ReadOnlySpan<(BatchItem Item, ItemOutcome Outcome)> outcomes)
    {
        var settled = new List<BatchItem>();
        lock (_lock)
        {
            var pending = new Queue<(BatchItem Item, ItemOutcome Outcome)>();
            foreach (var outcome in outcomes)
            {
                pending.Enqueue(outcome);
            }

            Settle(pending, settled);
            EndIfSettled();
        }

        return settled;
    }

    /// <summary>Stops the batch: gives an outcome to every item that has none.</summary>
    /// <param name="of">The outcome of an item, by whether its call has begun; <see langword="null"/> to let it go on.</param>
    /// <returns>The items that have an outcome now and had none.</returns>
    public List<BatchItem> SettleRest(Func<bool, ItemOutcome?> of)
    {
        var settled = new List<BatchItem>();
        lock (_lock)
        {
            _isStopped = true;
            foreach (var item in request.Items)
            {
                if (_outcomes[item.Index] is null && of(_begun[item.Index]) is { } outcome)
                {
                    _outcomes[item.Index] = outcome;
                    _missing--;
                    settled.Add(item);
                }
            }

            EndIfSettled();
        }

        return settled;
    }

    public ItemOutcome? OutcomeOf(BatchItem item)
    {
        lock (_lock)
        {
            return _outcomes[item.Index];
        }
    }

    private void Settle(Queue<(BatchItem Item, ItemOutcome Outcome)> pending, List<BatchItem> settled)
    {
        while (pending.TryDequeue(out var next))
        {
            if (_outcomes[next.Item.Index] is not null)
            {
                continue;
            }

            _outcomes[next.Item.Index] = next.Outcome;
            _missing--;
            settled.Add(next.Item);
            foreach (var dependent in plan.DependentsOf(next.Item.Index))
            {
                if (!next.Outcome.IsSuccess)
                {
                    pending.Enqueue((request.Items[dependent], Skipped(next.Item)));
                }
                else if (--_dependencies[dependent] == 0)
                {
                    _ready.Add(dependent);
                }
            }
        }
    }

    private static ItemOutcome Skipped(BatchItem dependency) =>
        new() { Status = ItemStatus.Skipped, Message = $"It was not begun, because '{dependency.Label}', which it depends on, has not succeeded." };

    private void SetBegun(Work work, bool begun)
    {
        foreach (var item in work.Items)
        {
            _begun[item.Index] = begun;
        }
    }

    private void EndIfSettled()
    {
        if (_missing == 0)
        {
            _settled.TrySetResult();
        }
    }
}
