using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>
/// Makes one call of several where the configuration names a bulk tool: of those of one batch, and of unhurried ones of whatever
/// callers. Comes after everything that decides about a call, so that each of them was permitted, counted and recorded by itself.
/// </summary>
internal sealed class BulkStage(BatchEngine batches, McpHandler next)
{
    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        var model = batches.Current;
        var form = model.HasBulk && context.Envelope.Method == McpMethod.CallTool && context.Entry is { } called ? model.TraitsOf(called).Bulk : null;
        if (context.Seat is { } seat)
        {
            return form is not null && CanBeOneOfSeveral(context, context.Entry!)
                ? TakeSeatAsync(seat, form, context, cancellationToken)
                : AloneAsync(seat, context, cancellationToken);
        }

        return form is not null && IsUnhurried(context, model) && IsLikeAnyOther(context, context.Entry!, model)
            ? JoinAsync(model.OpenCall(form).JoinAsync, form, context.Entry!, context, Caller.Anonymous, next, cancellationToken)
            : next(context, cancellationToken);
    }

    /// <summary>Whether its server lists for such a client what it lists for any other.</summary>
    public static bool IsSameForAll(CatalogEntry tool, ClientFeatures features) =>
        features == ClientFeatures.None || !tool.Source.Declared.Differing.ContainsKey(features);

    private static bool IsUnhurried(McpContext context, BatchModel model) =>
        model.Config.MicroBatch.Enabled
        && (context.IsUnhurried || (context.Envelope.Meta.IsPresent
            && JsonMembers.TryGet(context.Slice(context.Envelope.Meta), MetaKeys.Priority, out var priority) && priority[0] == '-'));

    /// <summary>Whether all that the call says are its arguments, and its answer is its result.</summary>
    private static bool CanBeOneOfSeveral(McpContext context, CatalogEntry tool) =>
        !context.Envelope.IsInputRetry && !context.Envelope.HasOtherParams && !TasksExtension.IsDeclared(context)
        && IsSameForAll(tool, context.Features);

    /// <summary>Whether it makes no difference to the server whose call it is, nor to its caller who else's it is made with.</summary>
    private static bool IsLikeAnyOther(McpContext context, CatalogEntry tool, BatchModel model) =>
        CanBeOneOfSeveral(context, tool)
        && InputCapabilities.Of(context) == InputKinds.None
        && !context.Envelope.ProgressToken.IsPresent
        && model.Metadata.IsOfNoInfluence(context);

    /// <remarks>A method of its own, because what it captures would be allocated for every request otherwise.</remarks>
    private ValueTask<McpResult> TakeSeatAsync(BulkSeat seat, BulkForm form, McpContext context, CancellationToken cancellationToken) =>
        JoinAsync(seat.TakeAsync, form, context.Entry!, context, context.Caller, (c, token) => AloneAsync(seat, c, token), cancellationToken);

    private async ValueTask<McpResult> JoinAsync(
        Func<ReadOnlyMemory<byte>, BulkSend, CancellationToken, Task<BulkAnswer?>> join,
        BulkForm form,
        CatalogEntry tool,
        McpContext context,
        Caller caller,
        McpHandler alone,
        CancellationToken cancellationToken)
    {
        if (BulkRequest.Create(form, tool, context, caller) is not { } request)
        {
            return await alone(context, cancellationToken);
        }

        BulkAnswer? answer;
        try
        {
            var arguments = context.Envelope.Arguments.IsPresent ? context.Envelope.Arguments.Of(context.Message) : "{}"u8.ToArray();
            BulkSend send = (all, token) => request.SendAsync(all, batches.BulkCalls, token);
            answer = await join(arguments, context.Seat?.OnPlace(send) ?? send, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return context.IsCancelledByClient
                ? McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.")
                : McpResult.Fail(FailureKind.TimedOut, $"Server '{tool.Source.Name}' did not answer in time. The request may have run.");
        }

        return answer switch
        {
            null => await alone(context, cancellationToken),
            { Failure: { } failure } => McpResult.Fail(failure),
            { Error: { } error } => McpResult.UpstreamError(Utf8Buffer.CopyOf(error), error, answer.Code),
            { Part: { } part } => NativeResult.Complete(context, Utf8Buffer.CopyOf(part.Result), part.IsToolError),
            _ => throw new InvalidOperationException("An answer without anything in it."),
        };
    }

    /// <summary>Makes the call of a seat that was not taken, or came too late. Its group has one place, so that it is not made beside others of it.</summary>
    private async ValueTask<McpResult> AloneAsync(BulkSeat seat, McpContext context, CancellationToken cancellationToken)
    {
        // Those who become one need not wait for it any more.
        seat.Dispose();
        try
        {
            await seat.Place.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return context.IsCancelledByClient
                ? McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.")
                : McpResult.Fail(FailureKind.TimedOut, "The call had no turn in time. It has not run.");
        }

        try
        {
            return await next(context, cancellationToken);
        }
        finally
        {
            seat.Place.Release();
        }
    }
}
