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
        if (!model.HasBulk || context.Envelope.Method != McpMethod.CallTool || context.Entry is not { } tool || model.TraitsOf(tool).Bulk is not { } form)
        {
            return next(context, cancellationToken);
        }

        return context.Seat is { } seat && CanBeOneOfSeveral(context, tool)
                ? JoinAsync(seat.TakeAsync, form, tool, context, context.Caller, cancellationToken)
            : IsUnhurried(context, model) && IsLikeAnyOther(context, tool, model)
                ? JoinAsync(model.OpenCall(form).JoinAsync, form, tool, context, Caller.Anonymous, cancellationToken)
            : next(context, cancellationToken);
    }

    private static bool IsUnhurried(McpContext context, BatchModel model) =>
        model.Config.MicroBatch.Enabled
        && (context.IsUnhurried || (context.Envelope.Meta.IsPresent
            && JsonMembers.TryGet(context.Slice(context.Envelope.Meta), MetaKeys.Priority, out var priority) && priority[0] == '-'));

    /// <summary>Whether all that the call says are its arguments, and its answer is its result.</summary>
    private static bool CanBeOneOfSeveral(McpContext context, CatalogEntry tool) =>
        !context.Envelope.IsInputRetry && !context.Envelope.HasOtherParams && !TasksExtension.IsDeclared(context)
        && !(context.Features != ClientFeatures.None && tool.Source.Declared.Differing.ContainsKey(context.Features));

    /// <summary>Whether it makes no difference to the server whose call it is, nor to its caller who else's it is made with.</summary>
    private static bool IsLikeAnyOther(McpContext context, CatalogEntry tool, BatchModel model) =>
        CanBeOneOfSeveral(context, tool)
        && InputCapabilities.Of(context) == InputKinds.None
        && !context.Envelope.ProgressToken.IsPresent
        && model.Metadata.IsOfNoInfluence(context);

    private async ValueTask<McpResult> JoinAsync(
        Func<ReadOnlyMemory<byte>, BulkSend, CancellationToken, Task<BulkAnswer?>> join,
        BulkForm form,
        CatalogEntry tool,
        McpContext context,
        Caller caller,
        CancellationToken cancellationToken)
    {
        if (BulkRequest.Create(form, tool, context, caller) is not { } request)
        {
            return await next(context, cancellationToken);
        }

        BulkAnswer? answer;
        try
        {
            var arguments = context.Envelope.Arguments.IsPresent ? context.Envelope.Arguments.Of(context.Message) : "{}"u8.ToArray();
            answer = await join(arguments, (all, token) => request.SendAsync(all, batches.BulkCalls, token), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return context.IsCancelledByClient
                ? McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.")
                : McpResult.Fail(FailureKind.TimedOut, $"Server '{tool.Source.Name}' did not answer in time. The request may have run.");
        }

        return answer switch
        {
            null => await next(context, cancellationToken),
            { Failure: { } failure } => McpResult.Fail(failure),
            { Error: { } error } => McpResult.UpstreamError(Utf8Buffer.CopyOf(error), error, answer.Code),
            { Part: { } part } => NativeResult.Complete(context, Utf8Buffer.CopyOf(part.Result), part.IsToolError),
            _ => throw new InvalidOperationException("An answer without anything in it."),
        };
    }
}
