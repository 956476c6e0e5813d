using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.AspNetCore.Http;

namespace McpHub.FunctionalTests.Caching;

/// <summary>Lists of servers that say how long they are good (<c>ttlMs</c>) and don't say when they change.</summary>
public sealed class ListFreshnessTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Lists_AreReadAgain_WhenTheirTimeIsOver_AndClientsAreTold()
    {
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20260728, FakeOffer.OfTools("old") with { TtlMs = 60_000 });
        await using var gateway = await StartAsync(upstream);
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        using var told = await MessageStream.ListenAsync(client, """{"toolsListChanged":true}""");
        await told.ReadAsync();

        upstream.Offer = FakeOffer.OfTools("new") with { TtlMs = 60_000 };
        await PassAsync(() => gateway.Catalog.Root.Content.Tools.Any(t => t.Name == "s_new"));

        Assert.Equal("notifications/tools/list_changed", (await told.ReadAsync()).GetProperty("method").GetString());
    }

    [Fact]
    public async Task Lists_ThatAreStillTheSame_ChangeNothing()
    {
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20260728, new FakeOffer { TtlMs = 1 });
        await using var gateway = await StartAsync(upstream);

        // What one reading leads to is done before the one after the next; the start may lead to more than one snapshot.
        await PassAsync(() => upstream.Of("tools/list").Count >= 3);
        var before = gateway.Catalog;
        await PassAsync(() => upstream.Of("tools/list").Count >= 6);

        Assert.Same(before, gateway.Catalog);
    }

    [Theory]
    [InlineData(StatusCodes.Status500InternalServerError)]
    [InlineData(StatusCodes.Status200OK)]
    public async Task Lists_ThatCannotBeReadAgain_ServeOn(int status)
    {
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20260728, FakeOffer.OfTools("old") with { TtlMs = 60_000 });
        await using var gateway = await StartAsync(upstream);
        var isBroken = true;
        upstream.OnHttp = async (http, request) =>
        {
            var isRefused = isBroken && request.Method == "tools/list";
            if (isRefused)
            {
                await new FakeExchange(http, request, null, isModern: true, CancellationToken.None).ErrorAsync(-32000, "Busy", status: status);
            }

            return isRefused;
        };
        upstream.Offer = FakeOffer.OfTools("new") with { TtlMs = 60_000 };
        await PassAsync(() => upstream.Of("tools/list").Count >= 3);
        Assert.Contains(gateway.Catalog.Root.Content.Tools, t => t.Name == "s_old");

        isBroken = false;
        await PassAsync(() => gateway.Catalog.Root.Content.Tools.Any(t => t.Name == "s_new"));
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Lists_ThatAreRefused_StayPrivate()
    {
        const string Private = """{"resultType":"complete","ttlMs":60000,"cacheScope":"private","tools":[]}""";
        var isBroken = false;
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20260728, FakeOffer.OfTools() with { TtlMs = 60_000 });
        upstream.On("tools/list", x => isBroken ? x.ErrorAsync(-32000, "Busy") : x.ResultAsync(Private));
        await using var gateway = await StartAsync(upstream);
        var client = McpClient.Unconnected(gateway, Revision.V20260728);
        Assert.Equal("private", await ScopeAsync());

        isBroken = true;
        await PassAsync(() => upstream.Of("tools/list").Count >= 3);

        Assert.Equal("private", await ScopeAsync());

        async Task<string?> ScopeAsync() => (await client.RequestAsync("tools/list")).Result.GetProperty("cacheScope").GetString();
    }

    private Task<GatewayHost> StartAsync(FakeUpstream upstream) =>
        GatewayHost.StartAsync(new HubConfig { Upstreams = [upstream.Config("s")] }, _time);

    /// <summary>Lets time pass until something has happened.</summary>
    private Task PassAsync(Func<bool> hasHappened) => Patience.UntilAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return hasHappened();
        },
        "it happens as time passes");
}
