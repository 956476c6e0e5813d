using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>New configurations under traffic.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task Apply_KeepsTheSession_OfAServerThatDidNotChange()
    {
        await using var one = await FakeUpstream.StartAsync(Revision.V20251125);
        await using var two = await FakeUpstream.StartAsync(Revision.V20251125);
        await using var gateway = await GatewayHost.StartAsync(one.Config("one"));
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        var before = gateway.Upstream("one");

        await gateway.Runtime.ApplyAsync(
            new HubConfig { Upstreams = [two.Config("two"), one.Config("one") with { Category = "other", Prefix = "uno", Exclude = ["nothing"] }] }, TestContext.Current.CancellationToken);

        await gateway.UntilListedAsync("two_echo");
        Assert.Same(before, gateway.Upstream("one"));
        Assert.Equal("echo", (await client.CallAsync("uno_echo")).Text);
        Assert.Equal(-32602, (await client.CallAsync("one_echo")).Code);
        Assert.Equal(1, one.SessionsOpened);
        Assert.DoesNotContain(one.Requests, r => r.HttpMethod == "DELETE");
    }

    [Fact]
    public async Task Apply_KeepsTheProcess_OfAServerThatDidNotChange()
    {
        var record = Path.GetTempFileName();
        var config = StdioUpstreams.Config("s", "legacy", record);
        await using var gateway = await GatewayHost.StartAsync(config);

        await gateway.Runtime.ApplyAsync(
            new HubConfig { Upstreams = [config with { Timeout = TimeSpan.FromSeconds(9) }], Gateway = new GatewayConfig { BuiltInTools = false } }, TestContext.Current.CancellationToken);

        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        Assert.Equal("{}", (await client.CallAsync("s_echo")).Text);
        Assert.Equal(-32602, (await client.CallAsync("hub_echo", """{"message":"x"}""")).Code);
        Assert.Equal(1, StdioUpstreams.ReadRecord(record).Count(l => l.Contains("\"initialize\"", StringComparison.Ordinal)));
        StdioUpstreams.DeleteRecord(record);
    }

    [Fact]
    public async Task Apply_OffersNativeTools_AsAStartDoes()
    {
        var config = new HubConfig { Gateway = new GatewayConfig { Packs = ["swarm"], Cache = new CacheConfig { Enabled = true } } };
        await using var started = await GatewayHost.StartAsync(config);
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Gateway = new GatewayConfig { BuiltInTools = false } });
        Assert.Empty(await NamesAsync(gateway));

        await gateway.Runtime.ApplyAsync(config, TestContext.Current.CancellationToken);

        var names = await NamesAsync(gateway);
        Assert.Equal(await NamesAsync(started), names);
        Assert.Contains("hub_cache_stats", names);
        Assert.Contains("create_swarm_agent", names);

        static async Task<string[]> NamesAsync(GatewayHost gateway)
        {
            var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
            return [.. (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()!)];
        }
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("disabled")]
    [InlineData("moved")]
    public async Task Call_FinishesOnWhatItBeganWith_WhenItsServerIsReplaced(string change)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var old = await FakeUpstream.StartAsync(Revision.V20251125, setUp: f => f.OnTool("echo", async x =>
        {
            await go.Task;
            await x.TextAsync("old");
        }));
        await using var next = await FakeUpstream.StartAsync(Revision.V20260728, setUp: f => f.OnTool("echo", x => x.TextAsync("new")));
        await using var gateway = await GatewayHost.StartAsync(old.Config("s"));
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        var running = client.CallAsync("s_echo");
        await old.WaitForAsync("tools/call");

        await gateway.Runtime.ApplyAsync(new HubConfig
        {
            Upstreams = change switch
            {
                "removed" => [],
                "disabled" => [old.Config("s") with { Disabled = true }],
                _ => [next.Config("s")],
            },
        }, TestContext.Current.CancellationToken);

        if (change == "moved")
        {
            await gateway.UntilListedAsync("s_echo");
            Assert.Equal("new", (await client.CallAsync("s_echo")).Text);
        }
        else
        {
            Assert.Equal(-32602, (await client.CallAsync("s_echo")).Code);
        }

        Assert.False(running.IsCompleted);
        go.SetResult();
        Assert.Equal("old", (await running).Text);
        await old.WaitForAsync(r => r.HttpMethod == "DELETE");
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task Calls_AllSucceed_WhileConfigurationsChange()
    {
        await using var one = await FakeUpstream.StartAsync(Revision.V20251125);
        await using var two = await FakeUpstream.StartAsync(Revision.V20260728);
        await using var gateway = await GatewayHost.StartAsync(one.Config("one"), two.Config("two"));
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        using var stopping = new CancellationTokenSource();
        var calling = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var calls = 0;
            while (!stopping.IsCancellationRequested)
            {
                Assert.Equal("echo", (await client.CallAsync("one_echo")).Text);
                calls++;
            }

            return calls;
        }));

        for (var round = 0; round < 20; round++)
        {
            await gateway.Runtime.ApplyAsync(
                new HubConfig { Upstreams = round % 2 == 0 ? [one.Config("one")] : [two.Config("two"), one.Config("one")] }, TestContext.Current.CancellationToken);
            await gateway.UntilListedAsync("two_echo", isListed: round % 2 != 0);
        }

        await stopping.CancelAsync();
        Assert.All(await calling, calls => Assert.True(calls > 0));
        Assert.Equal(1, one.SessionsOpened);
        await gateway.StillServesAsync();
    }
}
