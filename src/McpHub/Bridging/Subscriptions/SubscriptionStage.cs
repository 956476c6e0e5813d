using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Permissions;

namespace McpHub.Bridging.Subscriptions;

/// <summary>
/// Answers what clients of either era ask in order to be told of changes: <c>subscriptions/listen</c>, <c>resources/subscribe</c> and
/// <c>resources/unsubscribe</c>. What the client's era doesn't have, or nothing behind the endpoint offers, goes on to be refused.
/// </summary>
internal sealed class SubscriptionStage(SubscriptionHub hub, TaskIds taskIds, PermissionCheck permissions, McpHandler next)
{
    // How long a subscribe waits for the server's answer; then it is taken to be accepted.
    private static readonly TimeSpan EstablishLimit = TimeSpan.FromSeconds(10);

    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        switch (context.Envelope.Method)
        {
            case McpMethod.Listen when context.Envelope.Kind == EnvelopeKind.Request && context.Revision.IsModern():
                return ListenAsync(context, cancellationToken);
            case McpMethod.Subscribe when IsOffered(context):
                return SubscribeAsync(context, cancellationToken);
            case McpMethod.Unsubscribe when IsOffered(context):
                return new ValueTask<McpResult>(Unsubscribe(context));
            case McpMethod.InitializedNotification:
                context.Session?.Listen(hub)?.HearLists();
                return next(context, cancellationToken);
            default:
                return next(context, cancellationToken);
        }
    }

    private static bool IsOffered(McpContext context) =>
        context.Envelope.Kind == EnvelopeKind.Request && context.Session is not null && context.View.Features.HasFlag(ServerFeatures.Subscriptions);

    private ValueTask<McpResult> ListenAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (context.Stream is not IListenStream stream)
        {
            return new ValueTask<McpResult>(McpResult.Fail(FailureKind.InvalidRequest, "Invalid request: there is no way to tell this client of anything."));
        }

        IReadOnlyList<WatchedTasks> tasks = [];
        var failure = ListenFilter.TryRead(context.Slice(context.Envelope.Params), out var filter)
            ?? WatchedTasks.TryOpen(context, taskIds, filter.TaskIds, out tasks)
            ?? stream.BeginListening();
        if (failure is not null)
        {
            return new ValueTask<McpResult>(McpResult.Fail(failure));
        }

        return new ListenRequest(context, stream, hub).RunAsync(filter, tasks, KindsOf(context.View.Features), cancellationToken);
    }

    private static ListKinds KindsOf(ServerFeatures features) =>
        (features.HasFlag(ServerFeatures.Tools) ? ListKinds.Tools : ListKinds.None)
        | (features.HasFlag(ServerFeatures.Prompts) ? ListKinds.Prompts : ListKinds.None)
        | (features.HasFlag(ServerFeatures.Resources) ? ListKinds.Resources : ListKinds.None);

    private async ValueTask<McpResult> SubscribeAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (JsonText.Decode(context.Slice(context.Envelope.Uri)) is not { } uri)
        {
            return McpResult.Fail(FailureKind.InvalidParams, "Invalid params: 'params.uri' is missing.");
        }

        Targets.Resolve(context);
        if (permissions.Check(context) is { } refused)
        {
            return McpResult.Fail(refused);
        }

        if (context.Session!.Listen(hub) is not { } listener)
        {
            return McpResult.Fail(FailureKind.SessionNotFound, "The session has ended.");
        }

        var failure = hub.Topics.Subscribe(listener, uri, out var established);
        if (failure is null)
        {
            await ((Task)established).WaitAsync(EstablishLimit, hub.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            failure = cancellationToken.IsCancellationRequested ? new Failure(FailureKind.Cancelled, "The client cancelled the request.")
                : established.IsCompletedSuccessfully ? await established : null;
            if (failure is not null)
            {
                hub.Topics.Unsubscribe(listener, uri);
            }
        }

        return failure is null ? McpResult.Empty : McpResult.Fail(failure);
    }

    private McpResult Unsubscribe(McpContext context)
    {
        if (JsonText.Decode(context.Slice(context.Envelope.Uri)) is not { } uri)
        {
            return McpResult.Fail(FailureKind.InvalidParams, "Invalid params: 'params.uri' is missing.");
        }

        Targets.Resolve(context);
        if (context.Session!.Listen(hub) is { } listener)
        {
            hub.Topics.Unsubscribe(listener, uri);
        }

        return McpResult.Empty;
    }
}
