namespace McpHub.Composition.Running;

/// <summary>
/// What is known of a step of one run. Written by the step as long as it runs, then by nobody: whoever depends on it starts afterwards.
/// </summary>
internal sealed class StepRecord
{
    private int _fromCache;
    private int _calls;
    private int _attempts;
    private int _failedItems;

    public StepOutcome Outcome { get; private set; }

    /// <summary>The output as JSON; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Output { get; private set; }

    /// <summary>What <c>/errors/ID</c> points to; empty if the step hasn't failed.</summary>
    public ReadOnlyMemory<byte> ErrorJson { get; private set; }

    public StepFailure? Failure { get; private set; }

    /// <summary>Why it was skipped.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>How many calls were made, over all items, with those that were made again.</summary>
    public int Attempts => _attempts;

    /// <summary>How many calls there would have been without any failure.</summary>
    public int Calls => _calls;

    /// <summary>Whether every call was answered by the cache.</summary>
    public bool IsFromCache => _calls > 0 && _fromCache == _calls;

    /// <summary>How many items there were; <see langword="null"/> without <c>forEach</c>.</summary>
    public int? Items { get; set; }

    public int FailedItems => _failedItems;

    /// <summary>The tool that took the step's place, if one did; of several items, the last.</summary>
    public string? FallbackTool { get; set; }

    public TimeSpan Duration { get; set; }

    public void CountCall() => Interlocked.Increment(ref _calls);

    public void CountAttempt() => Interlocked.Increment(ref _attempts);

    public void CountCached() => Interlocked.Increment(ref _fromCache);

    public void CountFailedItem() => Interlocked.Increment(ref _failedItems);

    public void Succeed(ReadOnlyMemory<byte> output) => (Outcome, Output) = (StepOutcome.Succeeded, output);

    public void Skip(string reason) => (Outcome, Reason) = (StepOutcome.Skipped, reason);

    public void Fail(StepFailure failure) => (Outcome, Failure, ErrorJson) = (StepOutcome.Failed, failure, failure.ToJson());

    /// <summary>The composition ended; the output, should there be one, is nobody's.</summary>
    public void Cancel() => (Outcome, Output, Failure, ErrorJson) = (StepOutcome.Cancelled, default, null, default);
}
