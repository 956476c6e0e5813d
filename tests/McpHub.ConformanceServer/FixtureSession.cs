using McpHub.ConformanceServer.Subscriptions;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer;

/// <summary>One running MCP server: a legacy session, a single modern request, or the one connection of a stdio process.</summary>
internal sealed class FixtureSession : IAsyncDisposable
{
    private readonly McpServer _server;
    private readonly LegacySubscriber _subscriber;
    private readonly SubscriptionHub _hub;

    public FixtureSession(McpServer server, LegacySubscriber subscriber, SubscriptionHub hub)
    {
        _server = server;
        _subscriber = subscriber;
        _hub = hub;

        subscriber.Server = server;
        hub.Add(subscriber);
        Completion = server.RunAsync();
    }

    /// <summary>Completes when the transport has no more to read, or when the session is disposed.</summary>
    public Task Completion { get; }

    public async ValueTask DisposeAsync()
    {
        _hub.Remove(_subscriber);
        await _server.DisposeAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
