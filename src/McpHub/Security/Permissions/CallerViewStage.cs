using McpHub.Pipeline;

namespace McpHub.Security.Permissions;

/// <summary>Shows each request the catalog as its caller may see it. Without a policy, that is the catalog as it is.</summary>
internal sealed class CallerViewStage(McpHandler next)
{
    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        // What a transport has found already, it found in the same view.
        context.View = context.View.For(context.Caller);
        return next(context, cancellationToken);
    }
}
