using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Batching;

/// <summary>Unhurried calls of different clients that become one call of a bulk tool.</summary>
public sealed class MicroBatchTests
{
    private const string Unhurried = "\"io.mcphub/priority\":-1";

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task UnhurriedCalls_OfDifferentClients_AreOneCall(string revision)
    {
        await using var server = await StartServerAsync(revision);
        await using var gateway = await StartAsync(server, size: 3, wait: Patience.Limit);
        var modern = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        var legacy = await McpClient.ConnectAsync(gateway, Revision.V20251125);
        var oldest = await McpClient.ConnectAsync(gateway, Revision.V20241105);

        var answers = await Task.WhenAll(new[] { modern, legacy, oldest }.Select((client, n) => client.CallAsync("srv_item", $$"""{"n":{{n}}}""", Unhurried)));

        Assert.Equal(["item 0", "item 1", "item 2"], answers.Select(a => a.Text));
        Assert.Equal("items_bulk", Assert.Single(server.Of("tools/call")).Tool);
        Assert.Equal("complete", answers[0].Result.GetProperty("resultType").GetString());
        Assert.False(answers[1].Result.TryGetProperty("resultType", out _));
    }

    [Fact]
    public async Task UnhurriedCall_IsMadeByItself_WhenNobodyElseComesInTime()
    {
        await using var server = await StartServerAsync("2026-07-28");
        await using var gateway = await StartAsync(server, size: 3, wait: TimeSpan.FromMilliseconds(1));
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        Assert.Equal("single", (await client.CallAsync("srv_item", """{"n":1}""", Unhurried)).Text);
        Assert.Equal("item", Assert.Single(server.Of("tools/call")).Tool);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\"io.mcphub/priority\":0", true)]
    [InlineData(Unhurried + ",\"example.com/tenant\":\"a\"", true)]
    [InlineData(Unhurried + ",\"progressToken\":1", true)]
    [InlineData(Unhurried, false)]
    public async Task Call_IsMadeByItself_WhenItIsUrgentOrNotLikeAnyOther_OrNothingIsToBeGathered(string meta, bool enabled)
    {
        await using var server = await StartServerAsync("2026-07-28");
        await using var gateway = await StartAsync(server, size: 2, wait: Patience.Limit, enabled);
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        Assert.Equal("single", (await client.CallAsync("srv_item", """{"n":1}""", meta)).Text);
    }

    [Fact]
    public async Task Gathered_CallsAreAllAnswered_WhenTheBulkToolFails()
    {
        await using var server = await StartServerAsync("2026-07-28");
        server.OnTool("items_bulk", x => x.ErrorAsync(-32000, "no bulk today"));
        await using var gateway = await StartAsync(server, size: 2, wait: Patience.Limit);
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        var answers = await Task.WhenAll(client.CallAsync("srv_item", """{"n":1}""", Unhurried), client.CallAsync("srv_item", """{"n":2}""", Unhurried));

        Assert.All(answers, a => Assert.Equal(-32000, a.Code));
        Assert.Single(server.Of("tools/call"));
    }

    [Fact]
    public async Task UnhurriedItems_OfDifferentBatches_AreOneCall()
    {
        await using var server = await StartServerAsync("2026-07-28");
        await using var gateway = await StartAsync(server, size: 2, wait: Patience.Limit);
        await using var a = await BatchClient.ConnectAsync(gateway, "2025-11-25 over http");
        await using var b = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var batches = await Task.WhenAll(
            a.RunAsync([BatchClient.Item("x", "srv_item", """{"n":1}""", "\"priority\":-1")]), b.RunAsync([BatchClient.Item("y", "srv_item", """{"n":2}""", "\"priority\":-5")]));

        Assert.All(batches, batch => Assert.Equal(1, batch.GetProperty("results").GetArrayLength()));
        Assert.Equal("items_bulk", Assert.Single(server.Of("tools/call")).Tool);
    }

    [Fact]
    public async Task Cancel_OfOne_LeavesTheOthersTheirAnswers()
    {
        await using var server = await StartServerAsync("2026-07-28");
        var go = new TaskCompletionSource();
        server.OnTool("items_bulk", async x =>
        {
            await go.Task;
            await BulkAsync(x);
        });
        await using var gateway = await StartAsync(server, size: 2, wait: Patience.Limit);
        await using var leaving = gateway.OpenStdio();
        await leaving.InitializeAsync();
        var staying = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        await leaving.SendAsync(Rpc.Request("7", "tools/call", Rpc.Call("srv_item", """{"n":1}""", Unhurried)));
        var answer = staying.CallAsync("srv_item", """{"n":2}""", Unhurried);
        await server.WaitForAsync(r => r.Tool == "items_bulk");
        await leaving.SendAsync(Rpc.Notification("notifications/cancelled", """{"requestId":7}"""));
        Assert.True(await leaving.IsNextPongAsync("8"));
        go.SetResult();

        Assert.Equal("item 2", (await answer).Text);
    }

    internal static Task<FakeUpstream> StartServerAsync(string revision) => FakeUpstream.StartAsync(
        Protocol.Revisions.TryParse(revision, out var parsed) ? parsed : throw new ArgumentException(revision),
        FakeOffer.OfTools("item", "items_bulk"),
        setUp: f => f.OnTool("item", x => x.TextAsync("single")).OnTool("items_bulk", BulkAsync));

    internal static ToolConfig Bulk { get; } = new() { Bulk = new BulkConfig { Tool = "items_bulk", ItemsPath = "/items", ResultPath = "/results" } };

    private static Task BulkAsync(FakeExchange x)
    {
        var items = x.Request.Params.GetProperty("arguments").GetProperty("items").EnumerateArray();
        var results = string.Join(',', items.Select(i => $"\"item {i.GetProperty("n").GetRawText()}\""));
        var isModern = x.Request.Params.TryGetProperty("_meta", out var meta) && meta.TryGetProperty("io.modelcontextprotocol/protocolVersion", out _);
        return x.ResultAsync("{" + (isModern ? "\"resultType\":\"complete\"," : "") + "\"content\":[],\"structuredContent\":{\"results\":[" + results + "]}}");
    }

    private static Task<GatewayHost> StartAsync(FakeUpstream server, int size, TimeSpan wait, bool enabled = true) => GatewayHost.StartAsync(new HubConfig
    {
        Upstreams = [server.Config("srv") with { Tools = new Dictionary<string, ToolConfig> { ["item"] = Bulk } }],
        Gateway = new GatewayConfig { Batch = new BatchConfig { MicroBatch = new MicroBatchConfig { Enabled = enabled, MaxBatchSize = size, MaxWait = wait } } },
    });
}
