using System.Globalization;
using System.Text;
using McpHub.Composition.Values;
using McpHub.Protocol;

namespace McpHub.Composition.Running;

/// <summary>A step with <c>forEach</c>: so many workers take the next item as may run at the same time.</summary>
/// <param name="items">The items as JSON.</param>
/// <param name="parallel">The most at the same time.</param>
/// <param name="mayFail">Whether an item that fails is null, instead of the end of all.</param>
/// <param name="record">The step's record.</param>
/// <param name="call">Does what is to be done with one item.</param>
/// <param name="scope">What the items see beside themselves.</param>
/// <param name="budget">What the run's outputs are taken from; those of the items are given back when they are one.</param>
internal sealed class ItemRun(
    IReadOnlyList<ReadOnlyMemory<byte>> items, int parallel, bool mayFail, StepRecord record,
    Func<ValueScope, CancellationToken, ValueTask<StepAnswer>> call, ValueScope scope, ByteBudget budget)
{
    private readonly ReadOnlyMemory<byte>[] _outputs = new ReadOnlyMemory<byte>[items.Count];
    private StepFailure? _failure;
    private long _bytes;
    private int _next = -1;

    /// <summary>The items of an array, as they lie in it.</summary>
    /// <param name="json">The array, which stays as it is until the run has ended.</param>
    /// <param name="most">How many there may be: no more than one beyond is looked for.</param>
    /// <returns><see langword="null"/> for what is none.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Split(ReadOnlyMemory<byte> json, int most)
    {
        if (json.IsEmpty || json.Span[0] != '[')
        {
            return null;
        }

        var found = new List<ReadOnlyMemory<byte>>();
        var items = new JsonItems(json.Span);
        while (found.Count <= most && items.MoveNext())
        {
            found.Add(json.Slice(items.Start, items.Value.Length));
        }

        return found;
    }

    public async ValueTask<StepAnswer> RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = new Task[Math.Min(parallel, items.Count)];
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = WorkAsync(ending, cancellationToken);
        }

        try
        {
            await Task.WhenAll(workers);
            return _failure is null ? new StepAnswer(Join()) : new StepAnswer(default, _failure);
        }
        finally
        {
            budget.Give(_bytes);
        }
    }

    private async Task WorkAsync(CancellationTokenSource ending, CancellationToken cancellationToken)
    {
        try
        {
            while (!ending.IsCancellationRequested && Interlocked.Increment(ref _next) is var at && at < items.Count)
            {
                var index = Encoding.UTF8.GetBytes(at.ToString(CultureInfo.InvariantCulture));
                var answer = await call(scope with { Item = items[at], Index = index }, ending.Token);
                var failure = answer.Failure ?? (budget.TryTake(answer.Output.Length) ? null : StepFailure.OutputsTooLarge);
                if (failure is null)
                {
                    _outputs[at] = answer.Output;
                    Interlocked.Add(ref _bytes, answer.Output.Length);
                    continue;
                }

                if (failure.Kind == StepFailureKind.Cancelled && ending.IsCancellationRequested)
                {
                    // It has not failed: another has, or the run has ended.
                    break;
                }

                record.CountFailedItem();
                if (!mayFail || failure.Kind == StepFailureKind.TooLarge)
                {
                    Interlocked.CompareExchange(ref _failure, failure with { Message = $"item {at}: {failure.Message}" }, null);
                    await ending.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Another item has failed, and that is what is told.
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private byte[] Join()
    {
        using var buffer = Utf8Buffer.Rent();
        buffer.Write((byte)'[');
        for (var i = 0; i < _outputs.Length; i++)
        {
            if (i > 0)
            {
                buffer.Write((byte)',');
            }

            buffer.Write(_outputs[i].IsEmpty ? "null"u8 : _outputs[i].Span);
        }

        buffer.Write((byte)']');
        return buffer.Span.ToArray();
    }
}
