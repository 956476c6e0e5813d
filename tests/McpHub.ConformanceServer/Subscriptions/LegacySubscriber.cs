using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Subscriptions;

/// <summary>
/// One session's interest in changes before 2026-07-28: every list, and the resources it has subscribed to. What it hears goes
/// out unasked, on the session's own stream.
/// </summary>
internal sealed class LegacySubscriber : IChangeListener
{
    private readonly ConcurrentDictionary<string, byte> _uris = new(StringComparer.Ordinal);

    /// <summary>The server side of the session. Set once, before the session runs.</summary>
    public McpServer? Server { get; set; }

    public ValueTask<EmptyResult> SubscribeAsync(RequestContext<SubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        _uris.TryAdd(request.Params.Uri, 0);
        return ValueTask.FromResult(new EmptyResult());
    }

    public ValueTask<EmptyResult> UnsubscribeAsync(RequestContext<UnsubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        _uris.TryRemove(request.Params.Uri, out _);
        return ValueTask.FromResult(new EmptyResult());
    }

    public Task OnChangeAsync(Change change, CancellationToken cancellationToken)
    {
        // A connection that has not done the handshake, or speaks the modern revision, must hear nothing unasked. Tasks are
        // unknown before that revision.
        if (change.Task is not null || Server?.NegotiatedProtocolVersion is not { } revision || Revisions.IsModern(revision))
        {
            return Task.CompletedTask;
        }

        if (change.Uri is not { } uri)
        {
            return Server.SendNotificationAsync(change.Method, cancellationToken);
        }

        return _uris.ContainsKey(uri)
            ? Server.SendMessageAsync(
                new JsonRpcNotification { Method = change.Method, Params = new JsonObject { ["uri"] = uri } }, cancellationToken)
            : Task.CompletedTask;
    }
}
