using McpHub.Auditing;
using McpHub.Pipeline;

namespace McpHub.Tests.Auditing;

/// <summary>A request on its way through the audit, as the pipeline does it.</summary>
internal static class AuditPass
{
    public static async Task<McpResult> InvokeAsync(this AuditLog log, McpContext context, McpResult answer)
    {
        var stage = new AuditStage(log, (_, e) => throw e, (_, _) => new ValueTask<McpResult>(answer));
        return McpPipeline.End(context, await stage.InvokeAsync(context, context.Cancellation));
    }
}
