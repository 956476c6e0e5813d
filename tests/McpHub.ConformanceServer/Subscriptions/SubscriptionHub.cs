using System.Collections.Concurrent;
using McpHub.ConformanceServer.Tasks;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Subscriptions;

/// <summary>Spreads changes over everyone who listens: legacy sessions and modern listen streams. Safe for concurrent use.</summary>
/// <param name="stopping">Ends every listen stream with its result, as a server that shuts down does.</param>
internal sealed class SubscriptionHub(CancellationToken stopping)
{
    private readonly ConcurrentDictionary<IChangeListener, byte> _listeners = new();

    public void Add(IChangeListener listener) => _listeners.TryAdd(listener, 0);

    public void Remove(IChangeListener listener) => _listeners.TryRemove(listener, out _);

    public async Task PublishAsync(Change change, CancellationToken cancellationToken)
    {
        foreach (var listener in _listeners.Keys)
        {
            try
            {
                await listener.OnChangeAsync(change, cancellationToken);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
            {
                // A peer that has just gone must not keep the others from hearing of it.
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Serves <c>subscriptions/listen</c> until the client cancels or the server stops.</summary>
    public async ValueTask<EmptyResult> ListenAsync(
        RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        var stream = new ListenStream(request);
        if (stream.NamesTasks && !TasksExtension.IsDeclared(request.JsonRpcRequest))
        {
            throw TasksExtension.NotDeclared();
        }

        await stream.AcknowledgeAsync(cancellationToken);
        Add(stream);
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Remove(stream);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return stream.Result;
    }
}
