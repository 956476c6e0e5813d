using McpHub.FunctionalTests.Streaming;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Caching;

/// <summary>Cached calls from the outside, over both transports.</summary>
public sealed class CachedCallTests
{
    public static TheoryData<string> Servers { get; } = [.. Protocol.Revisions.All.Select(r => r.Text())];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Call_IsMadeOnce_ForClientsOfEveryRevisionAndTransport(string server)
    {
        await using var pair = await CachePair.StartAsync(RevisionOf(server));
        foreach (var revision in Protocol.Revisions.All)
        {
            var client = await McpClient.ConnectAsync(pair.Gateway, revision);
            var answer = await client.CallAsync("s_get", """{"a":1}""");
            Assert.Equal("value 0", answer.Text);
            Assert.Equal(revision.IsModern(), answer.Result.TryGetProperty("resultType", out _));
        }

        await using var stdio = pair.Gateway.OpenStdio();
        await stdio.InitializeAsync();
        var line = await stdio.AskAsync(Rpc.Request("\"x\"", "tools/call", Rpc.Call("s_get", """{"a":1.0}""")));
        Assert.Equal(("\"x\"", "value 0"), (line.GetProperty("id").GetRawText(), TextOf(line)));

        var own = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728, "s");
        Assert.Equal("value 0", (await own.CallAsync("get", """{"a":1}""")).Text);
        Assert.Equal(1, pair.Reads);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Write_IsSeenByTheNextRead_ByWhicheverWayTheyCome(string server)
    {
        await using var pair = await CachePair.StartAsync(RevisionOf(server));
        var http = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        var own = await McpClient.ConnectAsync(pair.Gateway, Revision.V20250618, "s");
        await using var stdio = pair.Gateway.OpenStdio();
        await stdio.InitializeAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"value {i * 3}", (await http.CallAsync("s_get")).Text);
            await stdio.AskAsync(Rpc.Request("1", "tools/call", Rpc.Call("s_set")));
            Assert.Equal($"value {(i * 3) + 1}", (await own.CallAsync("get")).Text);
            await own.CallAsync("set");
            Assert.Equal($"value {(i * 3) + 2}", TextOf(await stdio.AskAsync(Rpc.Request("2", "tools/call", Rpc.Call("s_get")))));
            await http.CallAsync("s_set");
        }
    }

    [Fact]
    public async Task Stream_HasTheParts_UnlessTheResultIsKept()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20251125);
        pair.Server.OnTool("get", async x =>
        {
            if (x.Request.Params.TryGetProperty("_meta", out var meta) && meta.TryGetProperty("progressToken", out var token))
            {
                await x.NotifyAsync("notifications/progress", "{\"progressToken\":" + token.GetRawText() + ",\"progress\":1,\"message\":\"one\"}");
            }

            await x.TextAsync("value");
        });
        await using var caller = await StreamCaller.OpenAsync(pair.Gateway, "2026-07-28");

        var (parts, _) = await caller.ReadAllAsync(await caller.StartAsync("s_get", "{}"));
        Assert.Equal("one", Assert.Single(parts).GetProperty("text").GetString());

        Assert.Equal("value", (await caller.CallAsync("s_get", "{}")).Text);
        Assert.Empty((await caller.ReadAllAsync(await caller.StartAsync("s_get", "{}"))).Parts);
        Assert.Equal(2, pair.Reads);
    }

    [Fact]
    public async Task EqualCalls_AreOneAtTheServer_WhileItRuns()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20251125);
        pair.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        await using var stdio = pair.Gateway.OpenStdio();
        await stdio.InitializeAsync();

        var calls = Enumerable.Range(0, 20).Select(_ => client.CallAsync("s_get")).ToArray();
        await stdio.SendAsync(Rpc.Request("1", "tools/call", Rpc.Call("s_get")));
        await pair.Server.WaitForAsync("tools/call");
        await Patience.UntilAsync(() => Coalesced(pair) == 20, "all wait for one");
        pair.Gate.SetResult();

        Assert.All(await Task.WhenAll(calls), a => Assert.Equal("value 0", a.Text));
        Assert.Equal("value 0", TextOf(await stdio.ReadAsync()));
        Assert.Equal(1, pair.Reads);
    }

    [Fact]
    public async Task ClientThatLeaves_LeavesTheCallToTheOthers_AndTheLastOneEndsIt()
    {
        await using var pair = await CachePair.StartAsync(Revision.V20260728);
        pair.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728);
        using var leaves = new CancellationTokenSource();
        using var request = client.Request("tools/call", Rpc.Call("s_get"));
        var first = client.SendAsync(request, leaves.Token);
        await pair.Server.WaitForAsync("tools/call");
        await using var stdio = pair.Gateway.OpenStdio();
        await stdio.InitializeAsync();
        await stdio.SendAsync(Rpc.Request("7", "tools/call", Rpc.Call("s_get")));
        await Patience.UntilAsync(() => Coalesced(pair) == 1, "both wait for one");

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        pair.Gate.SetResult();

        Assert.Equal("value 0", TextOf(await stdio.ReadAsync()));
        Assert.Equal(1, pair.Reads);
    }

    internal static long Coalesced(CachePair pair) => CacheOf(pair).Counters.Sum(c => c.Of(McpHub.Caching.CacheOutcome.Coalesced));

    internal static McpHub.Caching.ResultCache CacheOf(CachePair pair) =>
        (McpHub.Caching.ResultCache)pair.Gateway.Services.GetService(typeof(McpHub.Caching.ResultCache))!;

    private static Revision RevisionOf(string text)
    {
        Assert.True(Protocol.Revisions.TryParse(text, out var revision));
        return revision;
    }

    private static string? TextOf(System.Text.Json.JsonElement message) =>
        message.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString();
}
