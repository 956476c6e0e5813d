using System.Text.Json;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace McpHub.FunctionalTests.Streaming;

/// <summary>Native tools that give their results in parts, as clients of every era see them.</summary>
public sealed class NativePartsTests
{
    private const string Token = "\"progressToken\":\"p\"";

    private readonly PartTools.Counts _counts = new();

    public static TheoryData<string> AllRevisions { get; } = [.. Protocol.Revisions.All.Select(r => r.Text())];

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public async Task Text_ComesInPartsAndThenWhole(string revision)
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Parse(revision));

        var answer = await client.CallAsync("words", """{"text":"the \"quick\" brown fox"}""", Token);

        Assert.Equal("the \"quick\" brown fox .", answer.Text);
        var progress = answer.Notifications.Select(n => n.GetProperty("params")).ToArray();
        Assert.Equal([1, 2, 3, 4, 5], progress.Select(p => p.GetProperty("progress").GetInt32()));
        Assert.All(progress, p => Assert.Equal("p", p.GetProperty("progressToken").GetString()));
        Assert.Equal(["the ", "\"quick\" ", "brown ", "fox ", "."], progress.Select(Text));
    }

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public async Task StructuredParts_ComeInMeta_AndAreTheResultInTheEnd(string revision)
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Parse(revision));

        var answer = await client.CallAsync("readings", """{"count":2}""", Token);

        var parts = answer.Notifications.Select(n => n.GetProperty("params").GetProperty("_meta").GetProperty("io.mcphub/part")).ToArray();
        Assert.Equal([1, 2], parts.Select(p => (p.ValueKind == JsonValueKind.String ? JsonElement.Parse(p.GetString()!) : p).GetProperty("number").GetInt32()));
        Assert.Equal("°C", JsonElement.Parse(answer.Text!)[1].GetProperty("unit").GetString());
        if (Parse(revision) >= Revision.V20250618)
        {
            var content = answer.Result.GetProperty("structuredContent");
            Assert.Equal(2, (client.Revision.IsModern() ? content : content.GetProperty("result")).GetArrayLength());
            var schema = (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray()
                .Single(t => t.GetProperty("name").GetString() == "readings").GetProperty("outputSchema");
            Assert.Equal(client.Revision.IsModern() ? "array" : "object", schema.GetProperty("type").GetString());
        }
    }

    [Fact]
    public async Task Parts_AreNotSent_ToAClientThatDidNotAsk()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        var answer = await client.CallAsync("words", """{"text":"a b"}""");

        Assert.False(answer.IsStream);
        Assert.Equal("a b .", answer.Text);
    }

    [Fact]
    public async Task Writer_IsNoArgument_AndItsToolMayAddToTheParts()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        var schema = (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray()
            .Single(t => t.GetProperty("name").GetString() == "copy").GetProperty("inputSchema");

        var answer = await client.CallAsync("copy", """{"lines":["a","b"]}""", Token);
        var quiet = await client.CallAsync("copy", """{"lines":["a"]}""");

        Assert.Equal(["lines"], schema.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(3, answer.Notifications.Count);
        Assert.Equal("""["a","b",{"number":2,"unit":"lines"}]""", answer.Text);
        Assert.Equal("somebody reads", answer.Result.GetProperty("content")[1].GetProperty("text").GetString());
        Assert.Equal("nobody reads", quiet.Result.GetProperty("content")[1].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("""{"lines":1}""", "'lines' has the wrong type.")]
    [InlineData("{}", "'lines' is missing.")]
    public async Task BadArguments_AreNamed(string arguments, string expected)
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        var answer = await client.CallAsync("copy", arguments, Token);

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains(expected, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DyingTool_GivesItsPartsAndThenItsError()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        var answer = await client.CallAsync("die", "{}", Token);

        Assert.Equal(["one"], answer.Notifications.Select(n => Text(n.GetProperty("params"))));
        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Equal("It is broken.", answer.Text);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task SlowClient_PausesTheTool_AndGetsEveryPartInTheEnd(string revision)
    {
        const int Parts = 2000;
        const int Size = 8 * 1024;
        await using var gateway = await StartAsync(new StreamsConfig { MaxBytes = 64 * 1024 * 1024 });
        var client = await McpClient.ConnectAsync(gateway, Parse(revision));
        using var request = client.Request("tools/call", Rpc.Call("pour", $$"""{"parts":{{Parts}},"size":{{Size}}}"""), Token);
        using var stream = await client.StreamAsync(request);
        await UntilPausedAsync();
        Assert.InRange(_counts.Bytes, 1, Parts * Size / 2);

        var events = await stream.RestAsync();

        var messages = events.Where(e => e.Data?.Length > 0).Select(e => JsonElement.Parse(e.Data!)).ToArray();
        Assert.Equal(Enumerable.Range(1, Parts), messages[..^1].Select(m => m.GetProperty("params").GetProperty("progress").GetInt32()));
        Assert.Equal(_counts.Bytes, messages[..^1].Sum(m => (long)Text(m.GetProperty("params")).Length));
        Assert.Equal(_counts.Bytes, messages[^1].GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString()!.Length);
        Assert.Equal((long)Parts * Size, _counts.Bytes);
    }

    [Fact]
    public async Task Tool_IsEnded_WhenItsClientGoesAway()
    {
        await using var gateway = await StartAsync(new StreamsConfig { MaxBytes = 64 * 1024 * 1024 });
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        using var request = client.Request("tools/call", Rpc.Call("pour", """{"parts":100000,"size":8192}"""), Token);
        using (await client.StreamAsync(request))
        {
            await UntilPausedAsync();
        }

        await Patience.UntilAsync(() => !_counts.Ended.IsEmpty, "the tool has ended");
        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<McpHub.Streaming.StreamRegistry>().Budget is { Held: 0, Taken: 0 }, "nothing is held");
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task WholeResult_IsBounded()
    {
        await using var gateway = await StartAsync(new StreamsConfig { HighWatermark = 32 * 1024, LowWatermark = 8 * 1024, MaxBytes = 64 * 1024 });
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        var answer = await client.CallAsync("pour", """{"parts":100,"size":1024}""");

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("gateway.streams.maxBytes", answer.Text, StringComparison.Ordinal);
        Assert.Equal(0, gateway.Services.GetRequiredService<McpHub.Streaming.StreamRegistry>().Budget.Held);
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task StdioClient_GetsEveryPart_HoweverManyThereAre(string revision)
    {
        const int Parts = 3000;
        await using var gateway = await StartAsync();
        await using var client = gateway.OpenStdio();
        var isModern = Parse(revision).IsModern();
        if (!isModern)
        {
            await client.InitializeAsync(revision);
        }

        await client.SendAsync(Rpc.Request("7", "tools/call", Rpc.Call("pour", $$"""{"parts":{{Parts}},"size":100}""", isModern ? McpClient.ModernKeys + "," + Token : Token)));
        for (var i = 1; i <= Parts; i++)
        {
            var parameters = (await client.ReadAsync()).GetProperty("params");
            Assert.Equal(i, parameters.GetProperty("progress").GetInt32());
            Assert.Equal(100, Text(parameters).Length);
        }

        var result = (await client.ReadAsync()).GetProperty("result");
        Assert.Equal(Parts * 100, result.GetProperty("content")[0].GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public async Task Writer_GoesWithNoOutputSchema_BecauseItsPartsMayBeOfAnyKind()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayHost.StartAsync(new HubConfig(), configure: hub => hub.WithTools<SchemaTools>()));

        Assert.Contains("SchemaTools.WriteAsync takes an IToolStream", refused.Message, StringComparison.Ordinal);
        Assert.Contains("UseStructuredContent", refused.Message, StringComparison.Ordinal);
    }

    private static Revision Parse(string revision) => Protocol.Revisions.TryParse(revision, out var known) ? known : throw new ArgumentException(revision);

    private static string Text(JsonElement parameters) =>
        (parameters.TryGetProperty("message", out var message) ? message : parameters.GetProperty("_meta").GetProperty("io.mcphub/part")).GetString()!;

    private Task<GatewayHost> StartAsync(StreamsConfig? streams = null) => GatewayHost.StartAsync(
        new HubConfig { Gateway = new GatewayConfig { Streams = streams ?? new StreamsConfig() } },
        configure: hub =>
        {
            hub.Services.AddSingleton(_counts);
            hub.WithTools<PartTools>();
        });

    /// <summary>Waits until the tool gives nothing more, because nobody takes it.</summary>
    private async Task UntilPausedAsync()
    {
        var (seen, times) = (-1, 0);
        await Patience.UntilAsync(
            () =>
            {
                var now = _counts.Parts;
                times = now == seen && now > 0 ? times + 1 : 0;
                seen = now;
                return times == 20;
            },
            "the tool is paused");
    }

    [McpServerToolType]
    private sealed class SchemaTools
    {
        [McpServerTool(UseStructuredContent = true)]
        public static async Task<string> WriteAsync(IToolStream stream)
        {
            await stream.WriteAsync("part");
            return "";
        }
    }
}
