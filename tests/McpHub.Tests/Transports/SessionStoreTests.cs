using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Transports.Http;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.Tests.Transports;

[Collection(AloneCollection.Name)]
public sealed class SessionStoreTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<McpMetrics>().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Session_IsForgotten_AfterTheIdleTime()
    {
        using var store = Store(new SessionsConfig { Idle = TimeSpan.FromMinutes(10) });
        var used = Add(store);
        var idle = Add(store);
        for (var minute = 0; minute < 9; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.NotNull(store.Find(used.Id, "", Caller.Anonymous));
        }

        _time.Advance(TimeSpan.FromMinutes(3));

        Assert.Null(store.Find(idle.Id, "", Caller.Anonymous));
        Assert.NotNull(store.Find(used.Id, "", Caller.Anonymous));
        Assert.Equal(1, store.Count);
    }

    [Fact]
    public void Session_IsRefused_BeyondTheMost_AndTakenAgainWhenOneWent()
    {
        using var store = Store(new SessionsConfig { Max = 3 });
        var first = Add(store);
        Add(store);
        Add(store);
        Assert.Equal(FailureKind.TooManySessions, store.Reserve()?.Kind);

        store.Remove(first);
        store.Remove(first);

        Assert.Equal(2, store.Count);
        Add(store);
        Assert.Equal(FailureKind.TooManySessions, store.Reserve()?.Kind);
    }

    [Fact]
    public void Session_IsFound_OnItsOwnEndpointOnly()
    {
        using var store = Store(new SessionsConfig());
        var session = Add(store, "one");

        Assert.Same(session, store.Find(session.Id, "ONE", Caller.Anonymous));
        Assert.Null(store.Find(session.Id, "", Caller.Anonymous));
        Assert.Null(store.Find(session.Id, "two", Caller.Anonymous));
        Assert.Null(store.Find("", "one", Caller.Anonymous));
    }

    [Fact]
    public void Ids_AreVisibleAsciiAndNeverRepeat()
    {
        using var store = Store(new SessionsConfig());
        var ids = Enumerable.Range(0, 1000).Select(_ => Add(store).Id).ToArray();

        Assert.Equal(1000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[\\x21-\\x7E]{22,}$", id));
    }

    [Fact]
    public void Session_IsSmall_WhenIdle()
    {
        const int Sessions = 10_000;
        using var store = Store(new SessionsConfig());
        var capabilities = """{"roots":{"listChanged":true},"sampling":{},"elicitation":{}}"""u8.ToArray();
        Add(store, "", [.. capabilities]);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Sessions; i++)
        {
            Add(store, "", [.. capabilities]);
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Sessions;
        Assert.Equal(Sessions + 1, store.Count);
        Assert.True(bytes < 1024, $"{bytes} bytes a session");
    }

    private SessionStore Store(SessionsConfig config)
    {
        var catalog = new CatalogStore(TimeProvider.System);
        catalog.Current = catalog.Current with { Config = new HubConfig { Gateway = new GatewayConfig { Sessions = config } } };
        return new SessionStore(catalog, _services.GetRequiredService<McpMetrics>(), _time);
    }

    private static ClientSession Add(SessionStore store, string endpoint = "", params byte[] capabilities)
    {
        Assert.Null(store.Reserve());
        return store.Add(new ClientSession("", Revision.V20251125, capabilities), endpoint);
    }
}
