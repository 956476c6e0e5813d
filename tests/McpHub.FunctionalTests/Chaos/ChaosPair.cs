using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>A gateway with two servers: <c>bad</c>, which a test makes misbehave, and <c>good</c>, which must not notice.</summary>
internal sealed class ChaosPair : IAsyncDisposable
{
    private FakeUpstream? _good;

    /// <summary>The fake behind <c>bad</c>, if it is one.</summary>
    public FakeUpstream Bad { get; private set; } = null!;

    public GatewayHost Gateway { get; private set; } = null!;

    /// <summary>A client of the newest revision.</summary>
    public McpClient Client { get; private set; } = null!;

    public static async Task<ChaosPair> StartAsync(
        UpstreamKind kind, Action<FakeUpstream> setUp, GatewayConfig? settings = null, Func<UpstreamConfig, UpstreamConfig>? configure = null)
    {
        var bad = await StartFakeAsync(kind, setUp);
        var config = bad.Config("bad");
        var pair = await StartAsync(configure?.Invoke(config) ?? config, settings);
        pair.Bad = bad;
        return pair;
    }

    public static async Task<ChaosPair> StartAsync(UpstreamConfig bad, GatewayConfig? settings = null, TimeProvider? time = null)
    {
        var pair = new ChaosPair { _good = await FakeUpstream.StartAsync(Revision.V20251125) };
        pair.Gateway = await GatewayHost.StartAsync(new HubConfig { Upstreams = [bad, pair._good.Config("good")], Gateway = settings ?? new() }, time);
        pair.Client = await McpClient.ConnectAsync(pair.Gateway, Protocol.Revisions.Latest);
        return pair;
    }

    public static Task<FakeUpstream> StartFakeAsync(UpstreamKind kind, Action<FakeUpstream> setUp) => kind switch
    {
        UpstreamKind.Modern => FakeUpstream.StartAsync(Revision.V20260728, setUp: setUp),
        UpstreamKind.Legacy => FakeUpstream.StartAsync(Revision.V20251125, setUp: setUp),
        _ => FakeUpstream.StartAsync(Revision.V20241105, flavour: FakeFlavour.Sse, setUp: setUp),
    };

    /// <summary>Whatever <c>bad</c> has done, everything else works and the gateway found no fault in itself.</summary>
    public async Task OthersStillServeAsync()
    {
        Assert.Equal("echo", (await Client.CallAsync("good_echo")).Text);
        await Gateway.StillServesAsync();
    }

    /// <summary>What was lost comes back: the tool answers again, without anybody's help.</summary>
    /// <param name="meanwhile">Done after each vain call.</param>
    public async Task UntilAnsweredAsync(string tool, Action? meanwhile = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await Client.CallAsync(tool) is { Code: not 0 } answer)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < Patience.Limit,
                $"{tool} never answered again: {answer}\n{Gateway.Upstream("bad").State}\n{string.Join('\n', Gateway.Log.Lines)}");
            meanwhile?.Invoke();
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _good!.DisposeAsync();
        if (Bad is not null)
        {
            await Bad.DisposeAsync();
        }
    }
}
