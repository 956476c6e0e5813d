using System.Diagnostics;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>
/// Lets the calls of one JSON-RPC batch (2025-03-26) through as those of any other batch: bounded, and fewer to a server that is slow.
/// What calls no tool is not held up.
/// </summary>
internal sealed class BatchGate(BatchModel model)
{
    private readonly BatchShare _share = new(model.Services.MostOfBatch);

    public async ValueTask<McpResult> InvokeAsync(McpContext context, Func<McpContext, ValueTask<McpResult>> next)
    {
        if (context.Envelope.Method != McpMethod.CallTool || Targets.Find(context, context.View) is not { } tool
            || model.TraitsOf(tool) is not { Route: { } route } traits)
        {
            return await next(context);
        }

        var services = model.Services;
        Admission? admission;
        using (var late = new CancellationTokenSource(services.Timeout, services.Time))
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation, late.Token))
        {
            try
            {
                admission = await services.Admissions.EnterAsync(_share, route, traits.Key, 0, 1, limit.Token);
            }
            catch (OperationCanceledException)
            {
                return context.IsCancelledByClient
                    ? McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.")
                    : McpResult.Fail(FailureKind.TimedOut, "The call had no turn within the time of a batch (gateway.batch.timeout). It has not run.");
            }
        }

        if (admission is null)
        {
            return McpResult.Fail(FailureKind.Overloaded, "Too many calls of batches wait already (gateway.batch.maxWaiting). The call has not run; try again later.");
        }

        var sample = LatencySample.None;
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = await next(context);
            sample = result.Kind == McpResultKind.Failure ? LatencySample.OfFailure(result.Failure!.Kind)
                : traits.IsCached || result.IsToolError || result.Kind != McpResultKind.Result ? LatencySample.None
                : new LatencySample(Stopwatch.GetElapsedTime(started), false);
            return result;
        }
        finally
        {
            services.Admissions.Leave(admission, sample);
        }
    }
}
