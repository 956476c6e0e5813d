using System.Diagnostics.CodeAnalysis;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>One batch while it runs: every item gets exactly one outcome. Thread-safe; good for one run.</summary>
/// <remarks>
/// <para>1. Items that can't be run get their outcome at once, and with them those that depend on them.</para>
/// <para>2. What waits for no other item is ready. Equal ready items become one <see cref="Work"/>; works of a bulk tool become one call.</para>
/// <para>3. A work waits for its place, is called, and its items get their outcome; that makes others ready, or has them skipped.</para>
/// <para>4. Deadline, cancel and the first failure (<c>stop_on_error</c>) give an outcome to what has none. What comes later is dropped.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "They have neither timer nor handle, and a late end must not meet a disposed one.")]
internal sealed class BatchRun
{
    // A call that was refused because of a limit has not run; so often it is made, where there is time for it.
    private const int MostTries = 3;

    // How long calls that were told to end may take to do so; their outcomes are known already.
    private static readonly TimeSpan Unwinding = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly BatchRequest _request;
    private readonly BatchPlan _plan;
    private readonly BatchLedger _ledger;
    private readonly ToolTraits?[] _traits;
    private readonly BatchServices _services;
    private readonly IItemCalls _calls;
    private readonly BatchShare _share;
    private readonly ByteBudget _room;
    private readonly Action<BatchItem, ItemOutcome>? _onOutcome;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _stopping = new();
    private long _deadline;
    private int _taken;
    private bool _isBeginning;

    /// <param name="request">What is asked for.</param>
    /// <param name="calls">The calls of its caller.</param>
    /// <param name="services">What all batches share.</param>
    /// <param name="onOutcome">Told of each outcome, on whatever thread.</param>
    public BatchRun(BatchRequest request, IItemCalls calls, BatchServices services, Action<BatchItem, ItemOutcome>? onOutcome = null)
    {
        _request = request;
        _plan = BatchPlan.Of(request.Items);
        _ledger = new BatchLedger(request, _plan);
        _traits = new ToolTraits?[request.Items.Count];
        _calls = calls;
        _services = services;
        _share = new BatchShare(services.MostOfBatch);
        _room = new ByteBudget(services.MostBytes);
        _onOutcome = onOutcome;
    }

    private static ItemOutcome Overloaded { get; } = ItemOutcome.Of(
        FailureKind.Overloaded, "Too many calls of batches wait already (gateway.batch.maxWaiting). The call has not run; try again later.");

    /// <summary>Runs the batch.</summary>
    /// <returns>The outcomes, in the order of the items.</returns>
    public async Task<IReadOnlyList<ItemOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        var limit = _request.Timeout is { } wanted && wanted < _services.Timeout ? wanted : _services.Timeout;
        _deadline = _services.Time.GetTimestamp() + (long)(limit.TotalSeconds * _services.Time.TimestampFrequency);
        using var timer = _services.Time.CreateTimer(
            _ => End(ItemStatus.TimedOut, FailureKind.TimedOut, $"The batch's time of {limit.TotalMilliseconds:0} ms is over."), null, limit, Timeout.InfiniteTimeSpan);
        using (cancellationToken.UnsafeRegister(_ => End(ItemStatus.Cancelled, FailureKind.Cancelled, "The batch was cancelled."), null))
        {
            RefuseBad();
            BeginReady();
            await _ledger.Settled;
        }

        // What was told to end is still somebody's: of the caller whose calls these are.
        lock (_lock)
        {
            EndIfIdle();
        }

        await _idle.Task.WaitAsync(Unwinding, _services.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _ledger.Outcomes;
    }

    /// <summary>What is wrong with an item is said of all that have something wrong, before anything is skipped because of them.</summary>
    private void RefuseBad()
    {
        var bad = new List<(BatchItem Item, ItemOutcome Outcome)>();
        foreach (var item in _request.Items)
        {
            if (_plan.ProblemOf(item.Index) is { } problem)
            {
                bad.Add((item, new ItemOutcome { Status = ItemStatus.Invalid, Message = problem }));
            }
            else if ((_traits[item.Index] = _calls.Find(item.Tool)) is null)
            {
                // As a call of its own would be answered, whether there is no such tool or the caller may not have it.
                bad.Add((item, ItemOutcome.Of(FailureKind.InvalidParams, $"Unknown tool: {item.Tool}")));
            }
        }

        if (bad is [var (first, _), ..])
        {
            Tell(_ledger.Settle([.. bad]));
            StopAfter(first);
        }
    }

    /// <summary>Begins what is ready. One thread at a time: what becomes ready meanwhile is left to it, so that chains are no recursion.</summary>
    private void BeginReady()
    {
        lock (_lock)
        {
            if (_isBeginning)
            {
                return;
            }

            _isBeginning = true;
        }

        while (true)
        {
            List<Work[]> begun;
            lock (_lock)
            {
                begun = Group(_ledger.TakeReady(item => _traits[item.Index]!, _request.IsSequential ? 1 - _taken : int.MaxValue));
                _taken += begun.Count;
                if (begun.Count == 0)
                {
                    _isBeginning = false;
                    return;
                }
            }

            foreach (var works in begun)
            {
                _ = RunAsync(works);
            }
        }
    }

    /// <summary>
    /// Each group is one place's: a call, or several that become one at their server. No more than their tier takes: each holds its room
    /// there while it waits for the others.
    /// </summary>
    private List<Work[]> Group(List<Work> works) =>
    [
        .. works.GroupBy(w => w.Traits.Bulk is null || IsKept(w) ? $"#{w.First.Index}" : $"/{w.Traits.Key}")
            .SelectMany(g => g.Chunk(MostIn(g.First().Traits))),
    ];

    private static int MostIn(ToolTraits traits) => Math.Max(1, Math.Min(traits.Bulk?.Most ?? 1, traits.Route?.Tier?.Limit ?? int.MaxValue));

    /// <summary>Runs a group, from the wait for its place to the outcomes of its items.</summary>
    private async Task RunAsync(Work[] works)
    {
        try
        {
            await (works is [var single] ? RunSingleAsync(single) : RunBulkAsync(works));
        }
        catch (OperationCanceledException)
        {
            // Its items have their outcomes as a rule: that is why it was cancelled. Those that have none must not be waited for.
            GiveUp(works, ItemOutcome.Of(FailureKind.Cancelled, "The call was ended before it had a result. It may have run."));
        }
        catch (Exception e)
        {
            _services.OnBroken(e);
            GiveUp(works, ItemOutcome.Of(FailureKind.Internal, "The call failed in a way that it should not have."));
        }

        lock (_lock)
        {
            _taken--;
            EndIfIdle();
        }

        BeginReady();
    }

    /// <summary>Gives works their outcome, begun or not: an equal item that comes later must not wait for them.</summary>
    private void GiveUp(Work[] works, ItemOutcome outcome)
    {
        foreach (var work in works)
        {
            _ledger.TryBegin(work);
            Settle(work, outcome);
        }
    }

    private void EndIfIdle()
    {
        if (_taken == 0 && _ledger.Settled.IsCompleted)
        {
            _idle.TrySetResult();
        }
    }

    /// <param name="work">The call.</param>
    /// <param name="tries">How often it will have been made with the next time.</param>
    private async Task RunSingleAsync(Work work, int tries = 1)
    {
        if (work.Traits.Route is not { } route || IsKept(work))
        {
            if (_ledger.TryBegin(work))
            {
                Settle(work, (await _calls.CallAsync(work.First, null, _ending.Token)).Outcome);
            }

            return;
        }

        for (; ; tries++)
        {
            if (await _services.Admissions.EnterAsync(_share, route, work.Traits.Key, work.Priority, 1, _stopping.Token) is not { } admission)
            {
                GiveUp([work], Overloaded);
                return;
            }

            var sample = LatencySample.None;
            ItemOutcome outcome;
            try
            {
                if (!_ledger.TryBegin(work))
                {
                    return;
                }

                (outcome, sample) = await _calls.CallAsync(work.First, null, _ending.Token);
            }
            finally
            {
                _services.Admissions.Leave(admission, sample);
            }

            if (!await WaitToTryAgainAsync(work, outcome, tries))
            {
                return;
            }
        }
    }

    /// <summary>Gives a work its outcome, unless it was refused, has not run, and may be tried again: then waits for that.</summary>
    private async Task<bool> WaitToTryAgainAsync(Work work, ItemOutcome outcome, int tries)
    {
        if (outcome.RetryAfter == 0 || tries == MostTries || !HasTimeFor(TimeSpan.FromSeconds(outcome.RetryAfter)) || !_ledger.TryWithdraw(work))
        {
            Settle(work, outcome);
            return false;
        }

        await Task.Delay(TimeSpan.FromSeconds(outcome.RetryAfter), _services.Time, _stopping.Token);
        return true;
    }

    /// <summary>Makes a group's calls as one, or as several if its tier has no room for all of them at once.</summary>
    private async Task RunBulkAsync(Work[] works)
    {
        while (works.Length > 0)
        {
            var (traits, priority) = (works[0].Traits, works.Max(w => w.Priority));
            if (await _services.Admissions.EnterAsync(_share, traits.Route!.Value, traits.Key, priority, works.Length, _stopping.Token) is not { } admission)
            {
                GiveUp(works, Overloaded);
                return;
            }

            await RunBulkAsync(works[..admission.Calls], admission);
            works = works[admission.Calls..];
        }
    }

    private async Task RunBulkAsync(Work[] works, Admission admission)
    {
        var traits = works[0].Traits;
        ItemOutcome[] outcomes;
        try
        {
            works = [.. works.Where(_ledger.TryBegin)];
            var call = new BulkCall(traits.Bulk!, _services.Time, _services.BulkWait, works.Length);
            var place = new SemaphoreSlim(1);
            outcomes = await Task.WhenAll(works.Select(work => RunInBulkAsync(work, call, place)));
        }
        finally
        {
            // What several calls take together says nothing about one.
            _services.Admissions.Leave(admission, LatencySample.None);
        }

        await Task.WhenAll(works.Zip(outcomes).Where(refused => refused.Second.RetryAfter > 0).Select(async refused =>
        {
            if (await WaitToTryAgainAsync(refused.First, refused.Second, 1))
            {
                await RunSingleAsync(refused.First, 2);
            }
        }));
    }

    /// <summary>Makes a call as part of one for several. Its items have their outcome then, unless it was refused and may be tried again.</summary>
    private async Task<ItemOutcome> RunInBulkAsync(Work work, BulkCall call, SemaphoreSlim place)
    {
        using var seat = new BulkSeat(call, place);
        var (outcome, _) = await _calls.CallAsync(work.First, seat, _ending.Token);
        if (outcome.RetryAfter == 0)
        {
            Settle(work, outcome);
        }

        return outcome;
    }

    private bool IsKept(Work work) => work.Traits.IsCached && _calls.IsKept(work.First);

    private bool HasTimeFor(TimeSpan wait) => _services.Time.GetElapsedTime(_services.Time.GetTimestamp(), _deadline) > wait;

    /// <summary>Gives the items of a work that nobody joins any more their outcome.</summary>
    private void Settle(Work work, ItemOutcome outcome)
    {
        outcome = Fit(outcome, work.Others.Count + 1);
        Settle(work.First, outcome);
        foreach (var item in work.Others)
        {
            Settle(item, outcome with { SameAs = work.First.Id });
        }
    }

    /// <summary>The outcomes of one batch are one answer, and have to fit in it.</summary>
    private ItemOutcome Fit(ItemOutcome outcome, int copies)
    {
        var size = (outcome.Result.Length + outcome.Data.Length + outcome.Message.Length) * (long)copies;
        if (_room.TryTake(size))
        {
            return outcome;
        }

        if (outcome.Result.IsEmpty)
        {
            return outcome with { Message = BatchItem.Cut(outcome.Message), Data = default };
        }

        var what = $"The call has run, but the results of the batch have more than {_services.MostBytes} bytes (gateway.batch.maxResultBytes). Ask for less at once.";
        return ItemOutcome.Of(FailureKind.PayloadTooLarge, what) with { Duration = outcome.Duration };
    }

    private void Settle(BatchItem item, ItemOutcome outcome)
    {
        var settled = _ledger.Settle((item, outcome));
        Tell(settled);
        if (!outcome.IsSuccess && settled.Count > 0)
        {
            StopAfter(item);
        }
    }

    /// <summary>An item has not succeeded: nothing more is begun, if that is how the batch is to go.</summary>
    private void StopAfter(BatchItem failed)
    {
        if (_request.StopOnError)
        {
            Tell(_ledger.SettleRest(hasBegun => hasBegun ? null : new ItemOutcome
            {
                Status = ItemStatus.Skipped,
                Message = $"It was not begun, because '{failed.Label}' has not succeeded and 'stop_on_error' is set.",
            }));
            _stopping.Cancel();
        }
    }

    /// <summary>Ends the batch before all of its items have.</summary>
    private void End(ItemStatus status, FailureKind kind, string message)
    {
        lock (_lock)
        {
            // Under way like a call: the batch must not return before it has told of every outcome.
            _taken++;
        }

        try
        {
            var settled = _ledger.SettleRest(hasBegun => ItemOutcome.Of(kind, $"{message} The call {(hasBegun ? "may have run" : "has not run")}.") with { Status = status });
            _stopping.Cancel();
            _ending.Cancel();
            Tell(settled);
        }
        finally
        {
            lock (_lock)
            {
                _taken--;
                EndIfIdle();
            }
        }
    }

    private void Tell(List<BatchItem> settled)
    {
        foreach (var item in settled)
        {
            _onOutcome?.Invoke(item, _ledger.OutcomeOf(item)!);
        }
    }
}
