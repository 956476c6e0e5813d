using McpHub.Composition.Definitions;
using McpHub.Composition.Values;
using McpHub.Protocol;

namespace McpHub.Composition.Running;

/// <summary>Runs single steps of one run: condition, items, attempts, timeouts and fallbacks. Several run at the same time.</summary>
internal sealed class StepExecutor(ValueScope scope, IStepCaller caller, TimeProvider time)
{
    /// <summary>What the steps of the run may still give.</summary>
    public ByteBudget Outputs { get; } = new(CompositionLimits.MostOutput);

    /// <summary>Runs a step and leaves in its record what came of it.</summary>
    public ValueTask RunAsync(PlannedStep planned, StepRecord record, CancellationToken cancellationToken)
    {
        if (WhyNot(planned) is { } reason)
        {
            record.Skip(reason);
            return default;
        }

        var started = time.GetTimestamp();
        var step = planned.Definition;
        if (!step.IsOneCall || caller.IsTraced)
        {
            return RunInFullAsync(step, record, started, cancellationToken);
        }

        // Most steps are one call, and those of native tools and from the cache complete at once: each async method less is felt.
        if (TryArguments(step, scope, out var arguments) is { } problem)
        {
            return End(record, problem, started);
        }

        record.CountCall();
        record.CountAttempt();
        var pending = caller.CallAsync(step, arguments, cancellationToken);
        return pending.IsCompletedSuccessfully ? EndOneCall(record, pending.Result, started) : AwaitAsync(pending, record, started);
    }

    private async ValueTask AwaitAsync(ValueTask<StepAnswer> pending, StepRecord record, long started) =>
        await EndOneCall(record, await pending, started);

    private ValueTask EndOneCall(StepRecord record, in StepAnswer answer, long started)
    {
        if (answer.IsFromCache)
        {
            record.CountCached();
        }

        return End(record, answer, started);
    }

    private async ValueTask RunInFullAsync(StepDefinition step, StepRecord record, long started, CancellationToken cancellationToken)
    {
        using var span = caller.Trace(step);
        var answer = step.ForEach is null
            ? await CallAsync(step, scope, record, cancellationToken)
            : await CallForEachAsync(step, step.ForEach, record, cancellationToken);
        if (answer.Failure is { } failure)
        {
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, failure.Message);
        }

        await End(record, answer, started);
    }

    /// <returns>A task that has completed.</returns>
    private ValueTask End(StepRecord record, in StepAnswer answer, long started)
    {
        record.Duration = time.GetElapsedTime(started);
        if (answer.Failure is { } failure)
        {
            record.Fail(failure);
        }
        else if (!Outputs.TryTake(answer.Output.Length))
        {
            record.Fail(StepFailure.OutputsTooLarge);
        }
        else
        {
            record.Succeed(answer.Output);
        }

        return default;
    }

    private string? WhyNot(PlannedStep planned)
    {
        if (planned.Definition.When is { } when && !when.Holds(scope))
        {
            return "its condition does not hold";
        }

        foreach (var needed in planned.Needed)
        {
            if (scope.Steps[needed].Output.IsEmpty)
            {
                return "what it needs has no output";
            }
        }

        return null;
    }

    private async ValueTask<StepAnswer> CallForEachAsync(StepDefinition step, ForEachDefinition forEach, StepRecord record, CancellationToken cancellationToken)
    {
        if (ItemRun.Split(forEach.Items.FindMemory(scope), forEach.Most) is not { } items)
        {
            return StepAnswer.Fail(StepFailureKind.BadValue, $"there is no array at {forEach.Items.Text}.");
        }

        if (items.Count > forEach.Most)
        {
            return StepAnswer.Fail(StepFailureKind.TooLarge, $"there are more than {forEach.Most} items at {forEach.Items.Text}, which is the most that is allowed (\"max\").");
        }

        record.Items = items.Count;
        var run = new ItemRun(items, forEach.Parallel, step.MayFail, record, (at, token) => CallAsync(step, at, record, token), scope, Outputs);
        return await run.RunAsync(cancellationToken);
    }

    /// <summary>The step, or the first of its fallbacks that doesn't fail.</summary>
    private async ValueTask<StepAnswer> CallAsync(StepDefinition step, ValueScope at, StepRecord record, CancellationToken cancellationToken)
    {
        record.CountCall();
        for (var call = step; ; call = call.Fallback)
        {
            var answer = await AttemptAsync(call, at, record, cancellationToken);
            if (answer.Failure is not { } failure)
            {
                if (call != step)
                {
                    record.FallbackTool = call.Tool ?? "elicitation";
                }

                if (answer.IsFromCache)
                {
                    record.CountCached();
                }

                return answer;
            }

            if (call.Fallback is null)
            {
                return answer;
            }

            // What would have come of it nobody knows: it was cancelled, and has not failed.
            cancellationToken.ThrowIfCancellationRequested();
            at = at with { Error = failure.ToJson() };
        }
    }

    private async ValueTask<StepAnswer> AttemptAsync(StepDefinition call, ValueScope at, StepRecord record, CancellationToken cancellationToken)
    {
        if (TryArguments(call, at, out var arguments) is { } problem)
        {
            return problem;
        }

        for (var attempt = 1; ; attempt++)
        {
            record.CountAttempt();
            var answer = call.Timeout is { } limit
                ? await CallInTimeAsync(call, arguments, limit, cancellationToken)
                : await CallOnceAsync(call, arguments, cancellationToken);
            if (answer.Failure is not { } failure || call.Retry is not { } retry
                || attempt >= retry.Attempts || !failure.IsOneOf(retry.On))
            {
                return answer;
            }

            await Task.Delay(retry.PauseAfter(attempt), time, cancellationToken);
        }
    }

    private async ValueTask<StepAnswer> CallInTimeAsync(StepDefinition call, ReadOnlyMemory<byte> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = await CallOnceAsync(call, arguments, either.Token);
            return answer.Failure is { Kind: StepFailureKind.Cancelled } && timeout.IsCancellationRequested ? TookTooLong(limit) : answer;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return TookTooLong(limit);
        }
    }

    private ValueTask<StepAnswer> CallOnceAsync(StepDefinition call, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
        call.IsQuestion ? caller.AskAsync(call, arguments, cancellationToken) : caller.CallAsync(call, arguments, cancellationToken);

    /// <returns>Why there are none; <see langword="null"/> if there are.</returns>
    private StepAnswer? TryArguments(StepDefinition call, in ValueScope at, out ReadOnlyMemory<byte> arguments)
    {
        arguments = default;
        var (left, allowed) = ((int)Outputs.Left, caller.MostArguments);
        try
        {
            arguments = ArgumentsOf(call, at, Math.Min(left, allowed));
        }
        catch (MissingValueException e)
        {
            return StepAnswer.Fail(StepFailureKind.BadValue, e.Message);
        }
        catch (OversizedValueException)
        {
            return StepAnswer.Fail(StepFailureKind.TooLarge, allowed <= left
                ? $"its arguments are larger than the {allowed} bytes that a request may have (gateway.sizes.request)."
                : $"its arguments are larger than what is left of the {CompositionLimits.MostOutput / (1024 * 1024)} MB that a run may hold.");
        }

        return arguments.Span[0] == '{' ? null : StepAnswer.Fail(StepFailureKind.BadValue, "its arguments are no object.");
    }

    /// <summary>The arguments as bytes of their own: nothing pooled may wait for the answer.</summary>
    private static ReadOnlyMemory<byte> ArgumentsOf(StepDefinition call, in ValueScope at, int most)
    {
        if (call.Arguments is ConstantValue constant)
        {
            return constant.Memory;
        }

        using var buffer = Utf8Buffer.Rent();
        return call.Arguments.TryWrite(buffer, at, most) ? buffer.Span.ToArray() : "{}"u8.ToArray();
    }

    private static StepAnswer TookTooLong(TimeSpan limit) =>
        StepAnswer.Fail(StepFailureKind.Timeout, $"it took longer than {Configuration.Reading.DurationParser.Format(limit)}.");
}
