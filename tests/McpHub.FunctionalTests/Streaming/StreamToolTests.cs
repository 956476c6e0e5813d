using System.Text.Json;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Streaming;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Streaming;

/// <summary>The tools <c>hub_stream_start</c>, <c>hub_stream_read</c> and <c>hub_stream_cancel</c>, with native tools behind them.</summary>
public sealed class StreamToolTests
{
    private const string Modern = "2026-07-28";

    private readonly PartTools.Counts _counts = new();

    public static TheoryData<string, bool> Clients { get; } =
        [.. from revision in Protocol.Revisions.All from overStdio in new[] { false, true } select new TheoryDataRow<string, bool>(revision.Text(), overStdio)];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Stream_GivesThePartsAndThenTheResult(string revision, bool overStdio)
    {
        await using var gateway = await StartAsync();
        await using var client = await StreamCaller.OpenAsync(gateway, revision, overStdio);

        var stream = await client.StartAsync("words", """{"text":"the \"quick\" fox"}""");
        var (parts, last) = await client.ReadAllAsync(stream, mostBytes: 40);

        Assert.Equal(["the ", "\"quick\" ", "fox ", "."], parts.Select(p => p.GetProperty("text").GetString()));
        Assert.Equal(("completed", 4L), (last.GetProperty("status").GetString(), last.GetProperty("next_offset").GetInt64()));
        Assert.Equal(4, last.GetProperty("result").GetProperty("_meta").GetProperty("io.mcphub/parts").GetInt32());
        Assert.Equal(0, last.GetProperty("result").GetProperty("content").GetArrayLength());
    }

    [Fact]
    public async Task StructuredParts_AreData()
    {
        await using var gateway = await StartAsync();
        await using var client = await StreamCaller.OpenAsync(gateway, Modern);

        var (parts, _) = await client.ReadAllAsync(await client.StartAsync("readings", """{"count":3}"""));

        Assert.Equal([1, 2, 3], parts.Select(p => p.GetProperty("data").GetProperty("number").GetInt32()));
        Assert.All(parts, p => Assert.False(p.TryGetProperty("text", out _)));
    }

    [Fact]
    public async Task ToolWithoutParts_GivesItsResult()
    {
        await using var gateway = await StartAsync();
        await using var client = await StreamCaller.OpenAsync(gateway, Modern);

        var (parts, last) = await client.ReadAllAsync(await client.StartAsync("hub_echo", """{"message":"hi"}"""));

        Assert.Empty(parts);
        Assert.Equal("hi", last.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task SlowReader_PausesTheTool_AndEveryByteGoesInAndOutOnce()
    {
        const int Parts = 3000;
        const int Size = 1000;
        await using var gateway = await StartAsync();
        await using var client = await StreamCaller.OpenAsync(gateway, Modern);
        var stream = await client.StartAsync("pour", $$"""{"parts":{{Parts}},"size":{{Size}}}""");
        var streams = gateway.Services.GetRequiredService<StreamRegistry>();
        await Patience.UntilAsync(() => streams.Find(stream, "anonymous")!.Buffer.IsPaused, "the tool is paused");
        Assert.InRange(_counts.Bytes, 1, new StreamsConfig().HighWatermark + Size);

        var (parts, _) = await client.ReadAllAsync(stream, mostBytes: 20_000);

        Assert.Equal((Parts, (long)Parts * Size), (_counts.Parts, _counts.Bytes));
        Assert.Equal(_counts.Bytes, parts.Sum(p => (long)p.GetProperty("text").GetString()!.Length));
        Assert.Equal(Enumerable.Range(0, Parts), parts.Select(p => int.Parse(p.GetProperty("text").GetString().AsSpan(0, 8), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Reader_GoesOnFromWhereItWas_OnAnotherConnection()
    {
        await using var gateway = await StartAsync();
        await using var first = await StreamCaller.OpenAsync(gateway, "2025-06-18");
        var stream = await first.StartAsync("pour", """{"parts":10,"size":100}""");
        var page = await first.ReadAsync(stream, 0, mostBytes: 1);
        Assert.Equal(1, page.GetProperty("next_offset").GetInt32());

        await using var second = await StreamCaller.OpenAsync(gateway, Modern, overStdio: true);
        var (again, _) = await second.ReadAllAsync(stream, 1);

        Assert.Equal(9, again.Count);
        var forgotten = await Assert.ThrowsAsync<InvalidOperationException>(() => second.ReadAsync(stream, 0));
        Assert.Contains("are forgotten. Read from", forgotten.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DyingTool_LeavesItsPartsAndItsResult()
    {
        await using var gateway = await StartAsync();
        await using var client = await StreamCaller.OpenAsync(gateway, Modern);

        var (parts, last) = await client.ReadAllAsync(await client.StartAsync("die", "{}"));

        Assert.Equal("one", Assert.Single(parts).GetProperty("text").GetString());
        Assert.True(last.GetProperty("result").GetProperty("isError").GetBoolean());
    }

    [Fact]
    public async Task Cancel_EndsTheTool()
    {
        await using var gateway = await StartAsync();
        await using var client = await StreamCaller.OpenAsync(gateway, Modern);
        var stream = await client.StartAsync("pour", """{"parts":1000000,"size":1000}""");
        await client.ReadAsync(stream);

        Assert.Equal("""{"was_running":true}""", (await client.CallAsync("hub_stream_cancel", $$"""{"stream_id":"{{stream}}"}""")).Text);

        var page = await client.ReadAsync(stream);
        Assert.Equal(("cancelled", -31015), (page.GetProperty("status").GetString(), page.GetProperty("error").GetProperty("code").GetInt32()));
        await Patience.UntilAsync(() => !_counts.Ended.IsEmpty, "the tool has ended");
        Assert.Equal("""{"was_running":false}""", (await client.CallAsync("hub_stream_cancel", $$"""{"stream_id":"{{stream}}"}""")).Text);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ReadAsync(stream));
        await EmptyAsync(gateway);
    }

    [Fact]
    public async Task Reader_ThatHasGone_EndsTheTool_AndTheStreamExpires()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await StartAsync(time: time);
        await using var client = await StreamCaller.OpenAsync(gateway, Modern);
        var stream = await client.StartAsync("pour", """{"parts":1000000,"size":1000}""");
        var streams = gateway.Services.GetRequiredService<StreamRegistry>();
        await Patience.UntilAsync(() => streams.Find(stream, "anonymous")!.Buffer.IsPaused, "the tool is paused");

        time.Advance(new StreamsConfig().IdleTimeout + TimeSpan.FromSeconds(2));

        await Patience.UntilAsync(() => !_counts.Ended.IsEmpty, "the tool has ended");
        Assert.Equal("cancelled", (await client.ReadAsync(stream)).GetProperty("status").GetString());
        await EmptyAsync(gateway);
        time.Advance(new StreamsConfig().Retention + TimeSpan.FromSeconds(2));
        Assert.Contains("its time is over", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.ReadAsync(stream))).Message, StringComparison.Ordinal);
        Assert.Equal(0, streams.Count);
    }

    [Fact]
    public async Task Stream_IsThereForItsCallerOnly_AndToolsTheCallerMayNotHaveAreUnknown()
    {
        var auth = new AuthConfig
        {
            ApiKeys = [.. new[] { "alice", "bob" }.Select(name => new ApiKeyConfig { Name = name, Hash = ApiKeys.HashOf("mhk_" + name).ToUpperInvariant() })],
        };
        var policy = new PolicyConfig { Rules = [new PolicyRuleConfig { Id = "no-die", Effect = PolicyEffect.Deny, Tools = ["die"] }] };
        await using var gateway = await StartAsync(new GatewayConfig { Auth = auth, Policy = policy });
        await using var alice = await StreamCaller.OpenAsync(gateway, Modern, token: "mhk_alice");
        await using var bob = await StreamCaller.OpenAsync(gateway, Modern, token: "mhk_bob");
        var stream = await alice.StartAsync("words", """{"text":"mine"}""");

        var read = await Assert.ThrowsAsync<InvalidOperationException>(() => bob.ReadAsync(stream));
        var cancel = await bob.CallAsync("hub_stream_cancel", $$"""{"stream_id":"{{stream}}"}""");
        var start = await Assert.ThrowsAsync<InvalidOperationException>(() => alice.StartAsync("die", "{}"));

        Assert.Equal(("There is no such stream, or its time is over.", true), cancel);
        Assert.Equal(cancel.Text, read.Message);
        Assert.Equal("Unknown tool: die", start.Message);
        Assert.Equal(2, (await alice.ReadAllAsync(stream)).Parts.Count);
    }

    [Theory]
    [InlineData("hub_stream_start", "{}", "'tool' is missing.")]
    [InlineData("hub_stream_start", """{"tool":"nothing"}""", "Unknown tool: nothing")]
    [InlineData("hub_stream_start", """{"tool":"words","arguments":[]}""", "'arguments' has to be an object.")]
    [InlineData("hub_stream_start", """{"tool":"words","priority":10}""", "'priority' has to be a whole number from 0 to 9.")]
    [InlineData("hub_stream_read", """{"stream_id":7}""", "'stream_id' has to be a string.")]
    [InlineData("hub_stream_read", """{"stream_id":"x","offset":-1}""", "'offset' has to be a whole number from 0")]
    [InlineData("hub_stream_read", """{"stream_id":"x"}""", "There is no such stream, or its time is over.")]
    [InlineData("hub_stream_cancel", "{}", "'stream_id' is missing.")]
    public async Task BadArguments_AreNamed(string tool, string arguments, string expected)
    {
        await using var gateway = await StartAsync();
        await using var client = await StreamCaller.OpenAsync(gateway, Modern);

        var (text, isError) = await client.CallAsync(tool, arguments);

        Assert.True(isError);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamTools_AreNotThere_WhenTheyAreSwitchedOff()
    {
        await using var gateway = await StartAsync(new GatewayConfig { Streams = new StreamsConfig { Enabled = false } });
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        var names = (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString());

        Assert.DoesNotContain(names, n => n!.StartsWith("hub_stream", StringComparison.Ordinal));
    }

    private static Task EmptyAsync(GatewayHost gateway)
    {
        var streams = gateway.Services.GetRequiredService<StreamRegistry>();
        return Patience.UntilAsync(() => streams.Running == 0 && streams.Budget is { Held: 0, Taken: 0 }, "nothing runs and nothing is held");
    }

    private Task<GatewayHost> StartAsync(GatewayConfig? config = null, TimeProvider? time = null) => GatewayHost.StartAsync(
        new HubConfig { Gateway = config ?? new GatewayConfig() },
        time,
        hub =>
        {
            hub.Services.AddSingleton(_counts);
            hub.WithTools<PartTools>();
        });
}
