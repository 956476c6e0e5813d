using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Streaming;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Streaming;

/// <summary>Streams of servers that tell of progress, faster than anybody reads.</summary>
public sealed class UpstreamStreamTests
{
    private const string Modern = "2026-07-28";
    private const int Size = 4096;

    private readonly string _text = new('x', Size);
    private long _sent;
    private int _aborted;

    [Theory]
    [InlineData("2026-07-28", "2026-07-28")]
    [InlineData("2026-07-28", "2025-11-25")]
    [InlineData("2025-06-18", "2026-07-28")]
    [InlineData("2025-06-18", "2025-03-26")]
    public async Task HttpServer_IsNotReadFrom_WhileTheReaderIsBehind_AndOthersAreServed(string client, string server)
    {
        const int Parts = 10_000;
        await using var upstream = await PouringAsync(server, Parts);
        await using var gateway = await GatewayHost.StartAsync(upstream.Config("s"));
        await using var caller = await StreamCaller.OpenAsync(gateway, client);

        var stream = await caller.StartAsync("s_pour", "{}");
        await UntilStalledAsync();
        Assert.InRange(_sent, 1, Parts / 2);
        Assert.InRange(Held(gateway, stream), 1, new StreamsConfig().HighWatermark + (2 * Size));
        Assert.Equal("echo", (await caller.CallAsync("s_echo", "{}")).Text);
        var (parts, last) = await caller.ReadAllAsync(stream, mostBytes: 1024 * 1024);

        Assert.Equal(Enumerable.Range(1, Parts), parts.Select(p => p.GetProperty("progress").GetInt32()));
        Assert.Equal((long)Parts * Size, parts.Sum(p => (long)p.GetProperty("text").GetString()!.Length));
        Assert.Equal("done", last.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task PausedServer_IsNotTimedOut_BecauseItsReaderIsSlow()
    {
        await using var upstream = await PouringAsync(Modern, 2000);
        upstream.OnTool("echo", x => x.HangAsync());
        await using var gateway = await GatewayHost.StartAsync(upstream.Config("s") with { Timeout = TimeSpan.FromSeconds(2) });
        await using var caller = await StreamCaller.OpenAsync(gateway, Modern);
        var stream = await caller.StartAsync("s_pour", "{}");
        var paused = gateway.Services.GetRequiredService<StreamRegistry>().Find(stream, "anonymous")!;
        await Patience.UntilAsync(() => paused.Buffer.IsPaused, "the server is paused");

        // A call that began later has had its time: the paused one would have, too.
        var other = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        Assert.Equal(-31014, (await other.CallAsync("s_echo")).Code);

        Assert.Equal(2000, (await caller.ReadAllAsync(stream, mostBytes: 1024 * 1024)).Parts.Count);
    }

    [Fact]
    public async Task HttpServer_IsLeft_WhenTheStreamIsCancelled()
    {
        await using var upstream = await PouringAsync(Modern, 1_000_000);
        await using var gateway = await GatewayHost.StartAsync(upstream.Config("s"));
        await using var caller = await StreamCaller.OpenAsync(gateway, Modern);
        var stream = await caller.StartAsync("s_pour", "{}");
        await caller.ReadAsync(stream);

        await caller.CallAsync("hub_stream_cancel", $$"""{"stream_id":"{{stream}}"}""");

        await Patience.UntilAsync(() => _aborted == 1, "the server sees the call end");
        await UntilEmptyAsync(gateway);
    }

    [Theory]
    [InlineData("legacy", false)]
    [InlineData("modern", true)]
    public async Task StdioServer_GivesEveryPart_UpToWhatAStreamMayHold(string mode, bool overStdio)
    {
        const int Parts = 900;
        await using var gateway = await GatewayHost.StartAsync(StdioUpstreams.Config("s", mode));
        await using var caller = await StreamCaller.OpenAsync(gateway, overStdio ? Modern : "2025-11-25", overStdio);

        var stream = await caller.StartAsync("s_pour", $$"""{"parts":{{Parts}},"size":{{Size}}}""");
        await Patience.UntilAsync(() => Held(gateway, stream) > Parts * (long)Size, "all of it is held");
        var (parts, last) = await caller.ReadAllAsync(stream, mostBytes: 1024 * 1024);

        Assert.Equal(Enumerable.Range(1, Parts), parts.Select(p => p.GetProperty("progress").GetInt32()));
        Assert.Equal("completed", last.GetProperty("status").GetString());
    }

    [Fact]
    public async Task StdioServer_FailsTheStreamThatItFloods_AndNoOtherCall()
    {
        var config = new HubConfig
        {
            Upstreams = [StdioUpstreams.Config("s", "legacy")],
            Gateway = new GatewayConfig { Streams = new StreamsConfig { HighWatermark = 64 * 1024, MaxBytes = 256 * 1024 } },
        };
        await using var gateway = await GatewayHost.StartAsync(config);
        await using var caller = await StreamCaller.OpenAsync(gateway, Modern);

        var stream = await caller.StartAsync("s_pour", $$"""{"parts":2000,"size":{{Size}}}""");
        Assert.Equal("""{"i":1}""", (await caller.CallAsync("s_echo", """{"i":1}""")).Text);
        var flooded = gateway.Services.GetRequiredService<StreamRegistry>().Find(stream, "anonymous")!;
        await Patience.UntilAsync(() => flooded.Status == StreamStatus.Failed, "the stream has failed");
        var (parts, last) = await caller.ReadAllAsync(stream);

        Assert.InRange(parts.Count, 50, 64);
        Assert.Equal(("failed", -31003), (last.GetProperty("status").GetString(), last.GetProperty("error").GetProperty("code").GetInt32()));
        Assert.Contains("gateway.streams.maxBytes", last.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(gateway.Log.Lines, l => l.Contains("[240]", StringComparison.Ordinal));
        await UntilEmptyAsync(gateway);
        Assert.Equal("{}", (await caller.CallAsync("s_echo", "{}")).Text);
    }

    private static FakeOffer Offer() => new() { Tools = ["""{"name":"pour","inputSchema":{"type":"object"}}""", """{"name":"echo","inputSchema":{"type":"object"}}"""] };

    private static long Held(GatewayHost gateway, string stream) =>
        gateway.Services.GetRequiredService<StreamRegistry>().Find(stream, "anonymous")!.Buffer.Held;

    private static async Task UntilEmptyAsync(GatewayHost gateway)
    {
        var streams = gateway.Services.GetRequiredService<StreamRegistry>();
        await Patience.UntilAsync(() => streams.Running == 0, "no tool runs");
    }

    private static Revision Parse(string revision) => Protocol.Revisions.TryParse(revision, out var known) ? known : throw new ArgumentException(revision);

    private Task<FakeUpstream> PouringAsync(string revision, int parts) => FakeUpstream.StartAsync(
        Parse(revision),
        Offer(),
        setUp: u => u.OnTool("pour", async x =>
        {
            try
            {
                for (var i = 1; i <= parts; i++)
                {
                    await ProgressAsync(x, i);
                    Interlocked.Increment(ref _sent);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                Interlocked.Increment(ref _aborted);
                throw;
            }

            await x.TextAsync("done");
        }));

    private Task ProgressAsync(FakeExchange x, int number) => x.NotifyAsync(
        "notifications/progress",
        $$"""{"progressToken":{{x.Request.Meta("progressToken").GetRawText()}},"progress":{{number}},"message":"{{_text}}"}""");

    /// <summary>Waits until the server sends nothing more, because nobody reads from it.</summary>
    private async Task UntilStalledAsync()
    {
        var (seen, times) = (-1L, 0);
        await Patience.UntilAsync(
            () =>
            {
                var now = Volatile.Read(ref _sent);
                times = now == seen && now > 0 ? times + 1 : 0;
                seen = now;
                return times == 20;
            },
            "the server stalls");
    }
}
