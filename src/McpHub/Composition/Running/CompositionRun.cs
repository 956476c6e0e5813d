using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using McpHub.Composition.Definitions;
using McpHub.Composition.Values;
using McpHub.Protocol;

namespace McpHub.Composition.Running;

/// <summary>
/// One run of a composition. One loop alone decides which step starts and what follows from its end, so that nothing of it is shared;
/// steps that complete at once cost it no task.
/// </summary>
internal sealed class CompositionRun
{
    private readonly CompositionPlan _plan;
    private readonly IStepCaller _caller;
    private readonly ReadOnlyMemory<byte> _input;
    private readonly StepExecutor _executor;
    private readonly TimeProvider _time;
    private readonly int[] _waitsFor;
    private readonly int[] _ready;
    private Channel<int>? _ended;
    private int _readyCount;
    private int _endedCount;
    private int _failed = -1;
    private bool _isEnding;
    private Exception? _fault;

    /// <param name="plan">What is run.</param>
    /// <param name="input">The arguments, an object as JSON, which stays as it is until the run has ended.</param>
    /// <param name="caller">What calls and asks.</param>
    /// <param name="time">The clock of timeouts and pauses.</param>
    public CompositionRun(CompositionPlan plan, ReadOnlyMemory<byte> input, IStepCaller caller, TimeProvider time)
    {
        _plan = plan;
        _caller = caller;
        _input = input;
        _time = time;
        Records = new StepRecord[plan.Steps.Length];
        _waitsFor = new int[plan.Steps.Length];
        _ready = new int[plan.Steps.Length];
        for (var i = 0; i < Records.Length; i++)
        {
            Records[i] = new StepRecord();
            _waitsFor[i] = plan.Steps[i].Dependencies.Count;
        }

        _executor = new StepExecutor(new ValueScope(input, Records), caller, time);
    }

    /// <summary>What has come of each step, in the order of the definition.</summary>
    public StepRecord[] Records { get; }

    /// <summary>Runs all that can be run.</summary>
    /// <returns>The result, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The caller has ended it.</exception>
    public async ValueTask<CompositionResult> RunAsync(CancellationToken cancellationToken)
    {
        if (FirstMissing() is { } missing)
        {
            return CompositionResult.Fail(
                $"The composition '{_plan.Definition.Name}' can't run: step '{missing.Id}' needs the tool '{missing.Tool}', which is not there.");
        }

        using var timeout = _plan.Definition.Timeout is { } limit ? new CancellationTokenSource(limit, _time) : null;
        using var ending = timeout is not null ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token)
            : _plan.IsChain ? null
            : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var root in _plan.Roots)
        {
            _ready[_readyCount++] = root;
        }

        await RunStepsAsync(ending, ending?.Token ?? cancellationToken);
        foreach (var record in Records)
        {
            if (record.Outcome == StepOutcome.Pending)
            {
                record.Cancel();
            }
        }

        if (_fault is not null)
        {
            ExceptionDispatchInfo.Throw(_fault);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return _failed >= 0 ? Explain(_failed)
            : timeout is { IsCancellationRequested: true } ? CompositionResult.Fail($"The composition '{_plan.Definition.Name}' took longer than {Configuration.Reading.DurationParser.Format(_plan.Definition.Timeout!.Value)}.")
            : Output();
    }

    /// <summary>A tool without which the end is certain: better nothing has run then than half.</summary>
    private StepDefinition? FirstMissing()
    {
        foreach (var step in _plan.Certain)
        {
            if (!_caller.Has(step))
            {
                return step;
            }
        }

        return null;
    }

    /// <param name="ending">Ends what runs when a step has failed; <see langword="null"/> where nothing else can run then.</param>
    /// <param name="cancellationToken">What the steps hear of that, and of everything else that ends them.</param>
    private async ValueTask RunStepsAsync(CancellationTokenSource? ending, CancellationToken cancellationToken)
    {
        var next = 0;
        var running = 0;
        while (true)
        {
            while (next < _readyCount && !_isEnding && !cancellationToken.IsCancellationRequested)
            {
                var step = _ready[next++];
                var pending = Start(step, cancellationToken);
                if (pending.IsCompletedSuccessfully)
                {
                    End(step, ending, cancellationToken);
                }
                else
                {
                    running++;
                    _ended ??= Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });

                    // Sees to its own failures.
                    _ = AwaitAsync(step, pending, _ended.Writer, cancellationToken);
                }
            }

            if (running == 0)
            {
                return;
            }

            // Not to be cancelled: who runs is told to end, and is waited for.
            var ended = await _ended!.Reader.ReadAsync(CancellationToken.None);
            running--;
            End(ended, ending, cancellationToken);
        }
    }

    private ValueTask Start(int step, CancellationToken cancellationToken)
    {
        try
        {
            return _executor.RunAsync(_plan.Steps[step], Records[step], cancellationToken);
        }
        catch (Exception e)
        {
            // Those that run have to end first, as after any other failure.
            return ValueTask.FromException(e);
        }
    }

    private async Task AwaitAsync(int step, ValueTask pending, ChannelWriter<int> ended, CancellationToken cancellationToken)
    {
        try
        {
            await pending;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Records[step].Cancel();
        }
        catch (Exception e)
        {
            Records[step].Cancel();
            Interlocked.CompareExchange(ref _fault, e, null);
        }

        ended.TryWrite(step);
    }

    private void End(int step, CancellationTokenSource? ending, CancellationToken cancellationToken)
    {
        var record = Records[step];
        if (record.Failure is { Kind: StepFailureKind.Cancelled } && cancellationToken.IsCancellationRequested)
        {
            record.Cancel();
        }

        _caller.Report(++_endedCount, Records.Length, _plan.Steps[step].Definition);
        if (Volatile.Read(ref _fault) is not null || (record.Outcome == StepOutcome.Failed && !_plan.Steps[step].Definition.MayFail))
        {
            if (record.Outcome == StepOutcome.Failed && _failed < 0)
            {
                _failed = step;
            }

            _isEnding = true;
            ending?.Cancel();
            return;
        }

        foreach (var dependent in _plan.Steps[step].Dependents)
        {
            if (--_waitsFor[dependent] == 0)
            {
                _ready[_readyCount++] = dependent;
            }
        }
    }

    private CompositionResult Explain(int step)
    {
        var definition = _plan.Steps[step].Definition;
        var what = definition.IsQuestion ? "" : $" ({definition.Tool})";
        return CompositionResult.Fail($"Step '{definition.Id}'{what} of the composition '{_plan.Definition.Name}' failed: {Records[step].Failure!.Message}");
    }

    private CompositionResult Output()
    {
        if (_plan.Definition.Output is not { } output)
        {
            return new CompositionResult(Records[^1].Output, null);
        }

        using var buffer = Utf8Buffer.Rent();
        try
        {
            return new CompositionResult(output.TryWrite(buffer, new ValueScope(_input, Records), (int)_executor.Outputs.Left) ? buffer.Span.ToArray() : default, null);
        }
        catch (MissingValueException e)
        {
            return CompositionResult.Fail($"The output of the composition '{_plan.Definition.Name}' can't be made: {e.Message}");
        }
        catch (OversizedValueException)
        {
            return CompositionResult.Fail(
                $"The output of the composition '{_plan.Definition.Name}' is larger than what its steps' outputs have left of the {CompositionLimits.MostOutput / (1024 * 1024)} MB that a run may hold.");
        }
    }
}
