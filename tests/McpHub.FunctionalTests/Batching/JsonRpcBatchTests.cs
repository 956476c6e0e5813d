using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Batching;

/// <summary>Arrays of 2025-03-26, over both transports.</summary>
public sealed class JsonRpcBatchTests
{
    private const string Revision = "2025-03-26";

    [Fact]
    public async Task StdioClient_GetsOneArray_InTheOrderOfItsRequests()
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync(Revision);

        var answers = (await client.AskAsync($"[{Echo("1", "a")},{Rpc.Notification("notifications/cancelled", """{"requestId":99}""")},{Rpc.Request("\"x\"", "ping")},{Echo("2", "b")}]")).EnumerateArray().ToArray();

        Assert.Equal(["1", "\"x\"", "2"], answers.Select(a => a.GetProperty("id").GetRawText()));
        Assert.Equal("b", answers[2].GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task StdioClient_GetsNothing_ForNotificationsAlone()
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync(Revision);

        await client.SendAsync($"[{Rpc.Notification("notifications/cancelled", """{"requestId":99}""")}]");

        Assert.True(await client.IsNextPongAsync("5"));
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task StdioClient_IsRefused_WhoseRevisionHasNoArrays(string revision)
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync(revision);

        var answer = await client.AskAsync($"[{Echo("1", "a")}]");

        Assert.Equal(-32600, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.True(await client.IsNextPongAsync("5"));
    }

    [Fact]
    public async Task StdioClient_IsRefused_WhenTheArrayIsEmpty()
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync(Revision);

        Assert.Equal(-32600, (await client.AskAsync("[]")).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task StdioClient_CancelsOneOfTheArray_AndGetsTheOthers()
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", x => x.Request.Body.Contains("hang", StringComparison.Ordinal) ? x.HangAsync() : x.TextAsync("yes")));
        await using var gateway = await GatewayHost.StartAsync(server.Config("srv"));
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync(Revision);

        await client.SendAsync($"[{Rpc.Request("1", "tools/call", Rpc.Call("srv_echo", """{"m":"hang"}"""))},{Rpc.Request("2", "tools/call", Rpc.Call("srv_echo"))}]");
        await server.WaitForAsync(r => r.Body.Contains("hang", StringComparison.Ordinal));
        var answers = (await client.AskAsync(Rpc.Notification("notifications/cancelled", """{"requestId":1}"""))).EnumerateArray().ToArray();

        Assert.Equal(2, Assert.Single(answers).GetProperty("id").GetInt32());
        Assert.Equal("yes", answers[0].GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_NeverHasMoreCallsThanItsRoom(bool overHttp)
    {
        var calls = new RunningCalls();
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", calls.AnswerAsync));
        await using var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Upstreams = [server.Config("srv")],
            Gateway = new GatewayConfig { Batch = new BatchConfig { Adaptive = false, PerServer = 3 } },
        });
        var batch = $"[{string.Join(',', Enumerable.Range(0, 50).Select(i => Rpc.Request($"{i}", "tools/call", Rpc.Call("srv_echo"))))}]";

        JsonElement answers;
        if (overHttp)
        {
            var client = await McpClient.ConnectAsync(gateway, Protocol.Revision.V20250326);
            answers = JsonElement.Parse((await client.PostAsync(batch)).Body);
        }
        else
        {
            await using var client = gateway.OpenStdio();
            await client.InitializeAsync(Revision);
            answers = await client.AskAsync(batch);
        }

        Assert.Equal(Enumerable.Range(0, 50), answers.EnumerateArray().Select(a => a.GetProperty("id").GetInt32()));
        Assert.All(answers.EnumerateArray(), a => Assert.True(a.TryGetProperty("result", out _)));
        Assert.InRange(calls.Most, 1, 3);
    }

    private static string Echo(string id, string message) => Rpc.Request(id, "tools/call", Rpc.Call("hub_echo", $$"""{"message":"{{message}}"}"""));
}
