using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.RateLimiting;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Limits;

/// <summary>Limits as clients and servers see them, in both eras and over both transports.</summary>
public sealed class LimitTests
{
    private static readonly LimitRuleConfig TwoAnHour = new()
    {
        Name = "two",
        Per = LimitScope.Caller,
        Kind = LimitKind.SlidingWindow,
        Permits = 2,
        Every = TimeSpan.FromHours(1),
        Tools = ["hub_echo"],
    };

    public static TheoryData<string> Clients { get; } = [Revision.V20250326.Text(), Revision.V20251125.Text(), Protocol.Revisions.Latest.Text()];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Client_IsToldWhenToTryAgain_WhenItIsOverALimit(string revision)
    {
        await using var gateway = await StartAsync([TwoAnHour]);
        var client = await McpClient.ConnectAsync(gateway, Parse(revision));
        Assert.Equal(200, (await EchoAsync(client)).Status);
        Assert.Equal(200, (await EchoAsync(client)).Status);

        var answer = await client.CallAsync("hub_echo", """{"message":"x"}""", id: "\"third\"");

        Assert.Equal((429, -31005, "\"third\""), (answer.Status, answer.Code, answer.Id));
        var data = answer.Error.GetProperty("data");
        var seconds = data.GetProperty("retry_after").GetInt32();
        Assert.InRange(seconds, 1, 4000);
        Assert.Equal($"{seconds}", answer.Headers["Retry-After"]);
        Assert.Equal("two", data.GetProperty("limit").GetString());
        Assert.Equal(200, (await client.CallAsync("hub_status")).Status);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task StdioClient_GetsTheSameError(string revision)
    {
        await using var gateway = await StartAsync([TwoAnHour]);
        await using var client = gateway.OpenStdio();
        var isModern = Parse(revision).IsModern();
        if (!isModern)
        {
            await client.InitializeAsync(revision);
        }

        var call = Rpc.Request("7", "tools/call", Rpc.Call("hub_echo", """{"message":"x"}""", isModern ? McpClient.ModernKeys : ""));
        Assert.True((await client.AskAsync(call)).TryGetProperty("result", out _));
        Assert.True((await client.AskAsync(call)).TryGetProperty("result", out _));

        var error = (await client.AskAsync(call)).GetProperty("error");

        Assert.Equal(-31005, error.GetProperty("code").GetInt32());
        Assert.InRange(error.GetProperty("data").GetProperty("retry_after").GetInt32(), 1, 4000);
    }

    [Fact]
    public async Task Batch_CountsEachOfItsRequests()
    {
        await using var gateway = await StartAsync([TwoAnHour]);
        var client = await McpClient.ConnectAsync(gateway, Revision.V20250326);
        var calls = Enumerable.Range(1, 5).Select(id => Rpc.Request($"{id}", "tools/call", Rpc.Call("hub_echo", """{"message":"x"}""")));

        var answer = await client.PostAsync($"[{string.Join(',', calls)}]");

        var answers = JsonElement.Parse(answer.Body).EnumerateArray().ToArray();
        Assert.Equal((2, 3), (answers.Count(a => a.TryGetProperty("result", out _)), answers.Count(a => a.TryGetProperty("error", out var e) && e.GetProperty("code").GetInt32() == -31005)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_NeverHasMoreCallsThanAllowed_WhateverBecomesOfThem(bool queued)
    {
        const int Places = 3;
        var (running, most) = (0, 0);
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", async x =>
        {
            var now = Interlocked.Increment(ref running);
            lock (f)
            {
                most = Math.Max(most, now);
            }

            await Task.Yield();
            Interlocked.Decrement(ref running);
            switch (Random.Shared.Next(4))
            {
                case 0:
                    x.Abort();
                    break;
                case 1:
                    await x.ErrorAsync(-32000, "no");
                    break;
                default:
                    await x.TextAsync("yes");
                    break;
            }
        }));
        await using var gateway = await StartAsync(
            [new LimitRuleConfig { Per = LimitScope.Server, Kind = LimitKind.Concurrency, Permits = Places, Queue = queued ? 20 : 0, Wait = Patience.Limit }],
            server.Config("srv"));
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        var legacy = await McpClient.ConnectAsync(gateway, Revision.V20251125);

        var codes = await CallAsync(cancelEach: int.MaxValue);
        Assert.InRange(most, 1, Places);
        Assert.NotEmpty(server.Of("tools/call"));
        Assert.True(!queued || codes.Contains(0), "No call was answered.");

        // A call that its client gives up leaves its place, although the server may take a moment to hear of it.
        await CallAsync(cancelEach: 5);
        await Patience.UntilAsync(() => IsIdle(gateway), "nothing is held");
        Assert.Equal(0, (await client.CallAsync("hub_echo", """{"message":"x"}""")).Code);
        Assert.Empty(gateway.Log.Faults);

        Task<int[]> CallAsync(int cancelEach) => Task.WhenAll(Enumerable.Range(1, 200).Select(async i =>
        {
            using var cancel = new CancellationTokenSource();
            using var request = (i % 2 == 0 ? client : legacy).Request("tools/call", Rpc.Call("srv_echo"), id: $"{i}");
            var sending = client.SendAsync(request, cancel.Token);
            if (i % cancelEach == 0)
            {
                await cancel.CancelAsync();
            }

            try
            {
                return (await sending).Code;
            }
            catch (OperationCanceledException)
            {
                return -1;
            }
        }));
    }

    [Fact]
    public async Task Place_ComesBack_WhenTheClientOrTheServerGoesAway()
    {
        var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", x => x.HangAsync()));
        await using var gateway = await StartAsync(
            [new LimitRuleConfig { Per = LimitScope.Tool, Kind = LimitKind.Concurrency, Permits = 1 }], server.Config("srv"));
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        using (var gone = new CancellationTokenSource())
        {
            using var request = client.Request("tools/call", Rpc.Call("srv_echo"));
            var first = client.SendAsync(request, gone.Token);
            await server.WaitForAsync(r => r.Method == "tools/call");
            Assert.Equal(-31005, (await client.CallAsync("srv_echo")).Code);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        await Patience.UntilAsync(() => IsIdle(gateway), "the place is free");
        var second = client.CallAsync("srv_echo");
        await server.WaitForAsync(r => r.Method == "tools/call", 2);
        await server.DisposeAsync();

        Assert.NotEqual(0, (await second).Code);
        await Patience.UntilAsync(() => IsIdle(gateway), "the place is free again");
    }

    [Fact]
    public async Task Reload_TakesNewLimitsAtOnce()
    {
        await using var gateway = await StartAsync([]);
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        Assert.Equal(0, (await EchoAsync(client)).Code);

        await gateway.Runtime.ApplyAsync(Config([TwoAnHour with { Permits = 1 }]), CancellationToken.None);

        Assert.Equal(0, (await EchoAsync(client)).Code);
        Assert.Equal(-31005, (await EchoAsync(client)).Code);
        await gateway.Runtime.ApplyAsync(Config([]), CancellationToken.None);
        Assert.Equal(0, (await EchoAsync(client)).Code);
    }

    [Fact]
    public async Task Tier_EndsACall_ThatTakesLonger()
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", x => x.HangAsync()));
        await using var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Upstreams = [server.Config("srv")],
            Gateway = new GatewayConfig
            {
                Limits = new LimitsConfig { Tiers = [new LimitTierConfig { Name = "fast", Tools = ["srv_*"], Timeout = TimeSpan.FromMilliseconds(100) }] },
            },
        });

        var answer = await (await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest)).CallAsync("srv_echo");
        var own = await (await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest, "srv")).CallAsync("echo");

        Assert.Equal((-31014, -31014), (answer.Code, own.Code));
    }

    private static Revision Parse(string text) => Protocol.Revisions.TryParse(text, out var revision) ? revision : throw new ArgumentException(text);

    private static Task<HttpAnswer> EchoAsync(McpClient client) => client.CallAsync("hub_echo", """{"message":"x"}""");

    private static bool IsIdle(GatewayHost gateway) => gateway.Services.GetRequiredService<RateLimits>().Current!.Rules
        .SelectMany(r => r.Partitions.All).Cast<ConcurrencySlots>().All(s => s is { Running: 0, Waiting: 0 });

    private static HubConfig Config(LimitRuleConfig[] rules, params UpstreamConfig[] upstreams) =>
        new() { Upstreams = upstreams, Gateway = new GatewayConfig { Limits = new LimitsConfig { Rules = rules } } };

    private static Task<GatewayHost> StartAsync(LimitRuleConfig[] rules, params UpstreamConfig[] upstreams) => GatewayHost.StartAsync(Config(rules, upstreams));
}
