using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Caching;

/// <summary>What makes a running gateway forget, and who is told of it.</summary>
public sealed class CacheEventTests
{
    [Fact]
    public async Task ListChanged_MakesTheServersResultsForgotten()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20251125);
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        await client.CallAsync("s_get");
        await Patience.UntilAsync(() => pair.Server.Streams.Count == 1, "the gateway listens");

        await pair.Server.BroadcastAsync(Rpc.Notification("notifications/tools/list_changed"));
        await Patience.UntilAsync(() => CachedCallTests.CacheOf(pair).Store.Count == 0, "the result is forgotten");

        await client.CallAsync("s_get");
        Assert.Equal(2, pair.Reads);
    }

    [Fact]
    public async Task ResourceUpdated_MakesTheResourceForgotten_BeforeItsReadersAreTold()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728);
        var text = "old";
        pair.Server.On("resources/read", x => x.ResultAsync(
            "{\"resultType\":\"complete\",\"ttlMs\":3600000,\"cacheScope\":\"public\",\"contents\":[{\"uri\":\"test://r\",\"text\":\"" + text + "\"}]}"));
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        Assert.Contains("old", (await client.RequestAsync("resources/read", """{"uri":"test://r"}""")).Body, StringComparison.Ordinal);
        text = "new";
        Assert.Contains("old", (await client.RequestAsync("resources/read", """{"uri":"test://r"}""")).Body, StringComparison.Ordinal);

        pair.Gateway.Upstream("s").OnResourceUpdated("test://r");

        Assert.Contains("new", (await client.RequestAsync("resources/read", """{"uri":"test://r"}""")).Body, StringComparison.Ordinal);
        Assert.Equal(2, pair.Server.Of("resources/read").Count);
    }

    [Fact]
    public async Task Reload_MakesEverythingForgotten()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728);
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        await client.CallAsync("s_get");
        var config = pair.Gateway.Runtime.Config;

        await pair.Gateway.Runtime.ApplyAsync(config with { Gateway = config.Gateway with { PageSize = 7 } }, CancellationToken.None);
        await client.CallAsync("s_get");

        Assert.Equal(2, pair.Reads);
    }

    [Fact]
    public async Task InvalidationPath_ForgetsWhatItIsTold_AndRefusesTheRest()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728, CachePair.Config with { InvalidationPath = "/admin/cache/invalidate" });
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        await client.CallAsync("s_get");

        Assert.Equal((200, """{"removed":0}"""), await PostAsync(pair, """{"tags":["other"],"tools":["s_g"]}"""));
        Assert.Equal((200, """{"removed":1}"""), await PostAsync(pair, """{"tags":["val*"]}"""));
        await client.CallAsync("s_get");
        Assert.Equal((200, """{"removed":1}"""), await PostAsync(pair, """{"all":true}"""));

        foreach (var body in new[] { "", "{", "[]", "{}", """{"tags":"value"}""", """{"tags":[1]}""", """{"everything":true}""", """{"all":1}""", """{"all":false}""" })
        {
            Assert.Equal(400, (await PostAsync(pair, body)).Status);
        }

        Assert.Equal(415, (await PostAsync(pair, """{"all":true}""", "text/plain")).Status);
        Assert.Equal(413, (await PostAsync(pair, new string(' ', 70_000))).Status);
        Assert.Equal(403, (await PostAsync(pair, """{"all":true}""", origin: "https://evil.example")).Status);
    }

    [Fact]
    public async Task InvalidationPath_IsNowhere_UnlessItIsConfigured()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728);

        Assert.Equal(404, (await PostAsync(pair, """{"all":true}""")).Status);
    }

    [Fact]
    public async Task NativeTools_AreCachedAndForgotten_AsTheirAuthorSays()
    {
        var store = new NoteStore();
        await using var pair = await CachePair.StartAsync(Revision.V20260728, configure: hub =>
        {
            hub.Services.AddSingleton(store);
            hub.Services.AddSingleton<ICacheEventSubscriber<NoteStore.NoteDropped>>(store);
            hub.Services.AddSingleton<ICacheEventSubscriber<ICacheEvent>>(store);
            hub.WithTools<NoteTools>();
        });
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20251125);
        await client.CallAsync("add_note", """{"id":1}""");
        await client.CallAsync("add_note", """{"id":2}""");
        Assert.Equal("1", (await client.CallAsync("get_note", """{"id":1}""")).Text);
        Assert.Equal("1", (await client.CallAsync("get_note", """{"id":1}""")).Text);
        Assert.Equal("1", (await client.CallAsync("get_note", """{"id":2}""")).Text);
        Assert.Equal(2, store.Reads);

        await client.CallAsync("add_note", """{"id":1}""");
        Assert.Equal("2", (await client.CallAsync("get_note", """{"id":1}""")).Text);
        Assert.Equal("1", (await client.CallAsync("get_note", """{"id":2}""")).Text);
        Assert.Equal(3, store.Reads);

        await client.CallAsync("drop_notes");
        Assert.Equal("0", (await client.CallAsync("get_note", """{"id":2}""")).Text);
        Assert.Equal(["dropped"], store.Told);
        Assert.Equal(["CacheInvalidated", "NoteDropped"], store.All.TakeLast(2));
    }

    [Fact]
    public async Task WarmCall_IsMadeAtStart_AndAnswersTheFirstClient()
    {
        var cache = CachePair.Config with
        {
            Tools = new OrderedDictionary<string, CacheToolConfig> { ["s_get"] = new() { Scope = CacheScope.Shared, Ttl = TimeSpan.FromHours(1) } },
            Warm = [new CacheWarmConfig("s_get", """{"a":1}"""), new CacheWarmConfig("s_set", "{}"), new CacheWarmConfig("absent", "{}")],
        };
        await using var pair = await CachePair.StartAsync(Revision.V20251125, cache);
        await Patience.UntilAsync(() => CachedCallTests.CacheOf(pair).Store.Count == 1, "it is warm");

        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20250618);
        Assert.Equal("value 0", (await client.CallAsync("s_get", """{"a":1}""")).Text);
        Assert.Equal(1, pair.Reads);
        Assert.DoesNotContain(pair.Server.Of("tools/call"), r => r.Tool == "set");
    }

    [Fact]
    public async Task Statistics_TellWhatTheCacheDid()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728);
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        await client.CallAsync("s_get");
        await client.CallAsync("s_get");
        await client.CallAsync("s_get", meta: "\"io.mcphub/cache\":\"bypass\"");
        await client.CallAsync("s_set");

        var all = (await client.CallAsync("hub_cache_stats")).Result.GetProperty("structuredContent");
        var tool = all.GetProperty("tools").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "s_get");

        Assert.Equal(
            (1, 1, 1, 1, 0),
            (Number(tool, "hits"), Number(tool, "misses"), Number(tool, "bypassed"), Number(tool, "invalidated"), Number(tool, "entries")));
        Assert.Equal((1, 0), (Number(all, "hits"), Number(all, "bytes")));

        static long Number(System.Text.Json.JsonElement json, string name) => json.GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task Statistics_SayNothingOfTools_ThatTheirCallerMayNotHave()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728);
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        await client.CallAsync("s_get");
        var deny = new PolicyRuleConfig { Id = "no", Effect = PolicyEffect.Deny, Tools = ["s_get"] };
        var config = pair.Gateway.Catalog.Config;
        await pair.Gateway.Runtime.ApplyAsync(config with { Gateway = config.Gateway with { Policy = new PolicyConfig { Rules = [deny] } } }, CancellationToken.None);

        var answer = await client.CallAsync("hub_cache_stats");

        Assert.DoesNotContain("s_get", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, answer.Result.GetProperty("structuredContent").GetProperty("misses").GetInt64());
    }

    [Fact]
    public async Task Statistics_SayNothingOfWhatNeedsAScope_NorOfResourcesWhereSomeAreKept()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728);
        pair.Server.On("resources/read", x => x.ResultAsync("""{"resultType":"complete","ttlMs":0,"cacheScope":"private","contents":[]}"""));
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        await client.CallAsync("s_get");
        await client.RequestAsync("resources/read", """{"uri":"test://r"}""");
        Assert.Equal(["resources/read", "s_get"], await NamesAsync([]));

        var allow = new PolicyRuleConfig { Id = "stats", Effect = PolicyEffect.Allow, Tools = ["hub_cache_stats"] };
        var resources = new PolicyRuleConfig { Id = "resources", Effect = PolicyEffect.Allow, Resources = ["test://r"] };
        var scoped = new PolicyRuleConfig { Id = "scoped", Effect = PolicyEffect.Allow, Tools = ["s_get"], Callers = new PolicyCallers { Scopes = ["more"] }, StepUp = true };

        Assert.Equal(["resources/read"], await NamesAsync([allow, resources, scoped]));
        Assert.Empty(await NamesAsync([allow, scoped]));

        async Task<string[]> NamesAsync(PolicyRuleConfig[] rules)
        {
            var config = pair.Gateway.Catalog.Config;
            await pair.Gateway.Runtime.ApplyAsync(config with { Gateway = config.Gateway with { Policy = new PolicyConfig { Rules = rules } } }, CancellationToken.None);
            var shown = (await client.CallAsync("hub_cache_stats")).Result.GetProperty("structuredContent").GetProperty("tools").EnumerateArray();
            return [.. shown.Select(t => t.GetProperty("name").GetString()!).Where(name => name is "resources/read" or "s_get")];
        }
    }

    [Fact]
    public async Task Statistics_AreNoTool_WhileTheCacheIsOff()
    {
        await using var gateway = await GatewayHost.StartAsync();

        Assert.DoesNotContain(gateway.Catalog.Root.Content.Tools, t => t.Name == "hub_cache_stats");
    }

    private static async Task<(int Status, string Body)> PostAsync(CachePair pair, string body, string type = "application/json", string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(pair.Gateway.Url, "/admin/cache/invalidate"))
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, type),
        };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await pair.Gateway.Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
