using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Pipeline.Nested;

/// <summary>
/// Runs nesting tools. For a client that can be asked something by an answer to its request (2026-07-28), a run is parked whenever it
/// waits for input, and goes on with the retry; for any other it lasts as long as its request. Thread-safe.
/// </summary>
internal sealed class NestedRuns(McpPipeline pipeline, InputServices inputs, CatalogStore catalog, TimeProvider time)
{
    /// <summary>How many runs may be inside each other: more is nearly always one that calls itself.</summary>
    public const int MostDeep = 4;

    private TimeSpan InputLimit => catalog.Current.Config.Gateway.Timeouts.Input;

    /// <summary>Runs a tool for a request, or goes on with the run that the request brings input for.</summary>
    public ValueTask<McpResult> InvokeAsync(INestingTool tool, McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        if (RequestStates.IsIn(context))
        {
            return ResumeAsync(context, entry, cancellationToken);
        }

        return context.Revision.IsModern() && InputCapabilities.Of(context) is not InputKinds.None and var client
            ? BeginAsync(tool, context, entry, client, cancellationToken)
            : RunAsync(tool, context, cancellationToken);
    }

    private static McpResult Ended(McpContext context) => context.IsCancelledByClient
        ? McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.")
        : McpResult.Fail(FailureKind.TimedOut, "The tool did not end in time. What it called may have run.");

    private async ValueTask<McpResult> RunAsync(INestingTool tool, McpContext context, CancellationToken cancellationToken)
    {
        var relay = new CallRelay(context);
        using var asked = InputsOf(context, relay);
        try
        {
            using var output = await tool.RunAsync(new NestedRun(pipeline, context, relay, asked, MostDeep), cancellationToken);
            return output.Write(context);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Ended(context);
        }
        finally
        {
            relay.Detach();
        }
    }

    private ICallInputs? InputsOf(McpContext context, CallRelay relay) =>
        context.Inputs is { } lent ? new LentInputs(lent, relay, InputLimit)
        : context.Session is { } session ? new SessionInputs(session, relay, InputLimit)
        : null;

    /// <summary>How long a run may wait for its client now. All its waits together end like a call that makes progress for ever.</summary>
    private TimeSpan LimitOf(RunConversation conversation)
    {
        var input = InputLimit;
        var left = (input > McpContext.LongestCall ? input : McpContext.LongestCall) - time.GetElapsedTime(conversation.Started);
        return left < input ? left : input;
    }

    private ValueTask<McpResult> BeginAsync(INestingTool tool, McpContext context, CatalogEntry entry, InputKinds client, CancellationToken cancellationToken)
    {
        var relay = new CallRelay(context);
        var conversation = new RunConversation(client, relay, time);
        conversation.Start(tool, new NestedRun(pipeline, context, relay, conversation, MostDeep));
        return GoOnAsync(conversation, context, entry, cancellationToken);
    }

    private ValueTask<McpResult> ResumeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        var responses = InputRetry.ResponsesIn(context);
        if (!InputRetry.AreResponses(responses.Span))
        {
            return new ValueTask<McpResult>(InputRetry.BadResponses());
        }

        // Whoever comes first has the run; the same state a second time finds nothing, and nothing runs twice.
        if (!inputs.States.TryOpen(context, entry, out var kind, out var id) || kind != RequestStateKind.Parked
            || inputs.Parked.Take(id.Span) is not RunConversation conversation)
        {
            return new ValueTask<McpResult>(InputRetry.BadState());
        }

        conversation.GoOnFor(context);
        conversation.Answer(responses.Span);
        return GoOnAsync(conversation, context, entry, cancellationToken);
    }

    private async ValueTask<McpResult> GoOnAsync(RunConversation conversation, McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        var isParked = false;
        try
        {
            if (await conversation.NextAsync(cancellationToken))
            {
                using var output = await conversation.Output;
                return output.Write(context);
            }

            var limit = LimitOf(conversation);
            if (limit <= TimeSpan.Zero)
            {
                await conversation.AbandonAsync();
                return McpResult.Fail(FailureKind.TimedOut, "The tool asked its client again and again, and did not end in time. What it called may have run.");
            }

            var id = inputs.Parked.Park(conversation, limit);
            if (id.Length == 0)
            {
                await conversation.AbandonAsync();
                return McpResult.Fail(FailureKind.Overloaded, "Too many calls wait for input of their clients; try again later.");
            }

            isParked = true;
            return InputRequiredResult.Write(
                context, conversation.Open, inputs.States.Seal(context, entry, RequestStateKind.Parked, id, limit));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Ended(context);
        }
        finally
        {
            conversation.Relay.Detach();
            if (!isParked)
            {
                conversation.Dispose();
            }
        }
    }
}
