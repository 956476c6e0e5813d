using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Auditing;

/// <summary>
/// Takes room for a request's line before anything else is done for it. Relaxed, the pipeline's end writes the line; durable, this waits
/// until it is on the disk.
/// </summary>
internal sealed class AuditStage(AuditLog log, Func<McpContext, Exception, McpResult> fail, McpHandler next)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(10);

    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (!log.IsOn || context.Envelope.Kind != EnvelopeKind.Request)
        {
            return next(context, cancellationToken);
        }

        var config = log.Model.Config;

        // Listening takes hours: room for its line is taken when it ends.
        if (context.Envelope.Method != McpMethod.Listen && !log.TryTakeRoom())
        {
            return config.WhenFull == AuditOverflow.Wait ? WaitAsync(context, cancellationToken) : new ValueTask<McpResult>(log.Refuse());
        }

        return GoOn(context, cancellationToken);
    }

    private ValueTask<McpResult> GoOn(McpContext context, CancellationToken cancellationToken)
    {
        if (log.Model.Config.Mode == AuditMode.Durable)
        {
            return RunDurableAsync(context, cancellationToken);
        }

        context.Audit = log;
        return next(context, cancellationToken);
    }

    private async ValueTask<McpResult> WaitAsync(McpContext context, CancellationToken cancellationToken)
    {
        var started = log.Time.GetTimestamp();
        while (true)
        {
            var room = log.Queue.Room();
            if (log.TryTakeRoom())
            {
                return await GoOn(context, cancellationToken);
            }

            var rest = WaitLimit - log.Time.GetElapsedTime(started);
            if (rest <= TimeSpan.Zero)
            {
                return log.Refuse();
            }

            await room.WaitAsync(rest, log.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.");
            }
        }
    }

    private async ValueTask<McpResult> RunDurableAsync(McpContext context, CancellationToken cancellationToken)
    {
        McpResult result;
        try
        {
            result = await next(context, cancellationToken);
        }
        catch (Exception e)
        {
            result = fail(context, e);
        }

        // The disk is not what the limits are about.
        context.Leases?.Release();
        try
        {
            await log.WriteDurable(context, result).WaitAsync(WaitLimit, log.Time, CancellationToken.None);
            return result;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            result.Dispose();
            context.DropOpenedSession();
            return log.Withhold();
        }
    }
}
