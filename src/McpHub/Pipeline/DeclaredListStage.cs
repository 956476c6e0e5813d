using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>
/// Has servers asked what they list for clients with the capabilities of this one. Lists for the first such client wait a moment for the
/// answer: not every client looks again when it is told that the list has changed. The moment begins when the capabilities are first seen;
/// nobody waits later for a server that has missed it.
/// </summary>
/// <remarks>A server is asked once; after that a request costs a look into an array.</remarks>
internal sealed class DeclaredListStage(CatalogStore catalog, TimeProvider time, McpHandler next)
{
    // A server over stdio has to start another process for it; one that takes longer is told of as a change.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (context.Envelope.Method == McpMethod.Initialize)
        {
            return Greet(context, cancellationToken);
        }

        // What only passes by must not take the place of a set that somebody uses.
        var isList = IsList(context.Envelope.Method);
        return context.Features != ClientFeatures.None && (isList || IsCall(context.Envelope.Method)) && catalog.Declared.Use(context.Features)
            && isList && !context.View.IsSettledFor(context.Features) && catalog.Declared.AgeOf(context.Features) < Limit
            ? ListAsync(context, cancellationToken)
            : next(context, cancellationToken);
    }

    private static bool IsCall(McpMethod method) => method is McpMethod.CallTool or McpMethod.GetPrompt or McpMethod.ReadResource;

    private static bool IsList(McpMethod method) =>
        method is McpMethod.ListTools or McpMethod.ListPrompts or McpMethod.ListResources or McpMethod.ListResourceTemplates;

    private ValueTask<McpResult> Greet(McpContext context, CancellationToken cancellationToken)
    {
        var pending = next(context, cancellationToken);
        if (context.OpenedSession is { } session)
        {
            catalog.Declared.Use(session.Features);
        }

        return pending;
    }

    private async ValueTask<McpResult> ListAsync(McpContext context, CancellationToken cancellationToken)
    {
        CatalogView? view;
        while (true)
        {
            // Before the look: a change that comes after it is one to wait for.
            var changed = catalog.Changed;
            view = catalog.Current.ViewOf(context.View.Server);
            var rest = Limit - catalog.Declared.AgeOf(context.Features);
            if (view is null || view.IsSettledFor(context.Features) || rest <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
            {
                break;
            }

            await changed.WaitAsync(rest, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        context.View = view?.SeenBy(context.Features) ?? context.View;
        return await next(context, cancellationToken);
    }
}
