using System.Text;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>Bad input over stdio, in both eras: each bad line gets its error, and the next good one its answer.</summary>
public sealed class StdioInputTests(EchoGateway fixture) : IClassFixture<EchoGateway>
{
    public static TheoryData<string, int, string> Lines { get; } = new()
    {
        { "{", -32700, "" },
        { "Hello!", -32700, "" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} {\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}", -32700, "" },
        { "null", -32600, "" },
        { "[]", -32600, "" },
        { "[" + Rpc.Request("1", "ping") + "]", -32600, "" },
        { """{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600, "" },
        { """{"jsonrpc":"2.0","id":1.5,"method":"ping"}""", -32600, "" },
        { """{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600, "" },
        { """{"jsonrpc":"2.0","id":8,"method":5}""", -32600, "8" },
        { """{"jsonrpc":"2.0","id":8,"method":"ping","method":"ping"}""", -32600, "8" },
        { """{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"a","name":"b"}}""", -32600, "8" },
        { """{"jsonrpc":"2.0","id":8,"method":"tools/call","params":[]}""", -32602, "8" },
        { """{"jsonrpc":"2.0","id":"x","method":"no/such"}""", -32601, "\"x\"" },
        { """{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"nobody"}}""", -32602, "8" },
        { Rpc.Request("8", "ping", "{\"_meta\":{" + McpClient.ModernKeys.Trim() + "}}"), -32601, "8" },
        { Rpc.Request("8", "initialize", "{\"_meta\":{" + McpClient.ModernKeys.Trim() + "}}"), -32601, "8" },
        { Rpc.Request("8", "tools/list", "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}"), -32602, "8" },
        { """{"\ud800":1,"jsonrpc":"2.0","id":8,"\ud800id":1,"method":"no/such","params":{"\ud800name":1,"_meta":{"\ud800progressToken":1}}}""", -32601, "8" },
        { Rpc.Request("8", "tools/list", "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2031-01-01\"}}"), -32022, "8" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Line_GetsItsError_AndTheNextItsAnswer(string line, int code, string id)
    {
        await using var client = fixture.Gateway.OpenStdio();
        await client.InitializeAsync();

        var answer = await client.AskAsync(line);

        Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(id, answer.TryGetProperty("id", out var echoed) ? echoed.GetRawText() : "");
        Assert.True(await client.IsNextPongAsync("99"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \t ")]
    [InlineData("\r")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/nobody/knows"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}""")]
    public async Task Line_GetsNoAnswer_WhenItIsNoRequest(string line)
    {
        await using var client = fixture.Gateway.OpenStdio();
        await client.InitializeAsync();

        await client.SendAsync(line);

        Assert.True(await client.IsNextPongAsync("\"after\""));
    }

    [Fact]
    public async Task Line_IsRefused_WhenItIsNoUtf8()
    {
        await using var client = fixture.Gateway.OpenStdio();
        await client.InitializeAsync();

        await client.SendBytesAsync(new byte[] { 0xFF, 0xFE, (byte)'{', 0x00, (byte)'\n' });

        Assert.Equal(-32700, (await client.ReadAsync()).GetProperty("error").GetProperty("code").GetInt32());
        Assert.True(await client.IsNextPongAsync("1"));
    }

    [Theory]
    [InlineData(EchoGateway.RequestLimit + 1)]
    [InlineData(EchoGateway.RequestLimit * 5)]
    public async Task Line_IsToldOnce_WhenItIsTooLong(int length)
    {
        await using var client = fixture.Gateway.OpenStdio();
        await client.InitializeAsync();
        var piece = Encoding.UTF8.GetBytes(new string('x', 64 * 1024));
        for (var left = length; left > 0; left -= piece.Length)
        {
            await client.SendBytesAsync(piece.AsMemory(0, Math.Min(left, piece.Length)));
        }

        await client.SendAsync("");

        var answer = await client.ReadAsync();
        Assert.Equal(-31003, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.False(answer.TryGetProperty("id", out _));
        Assert.True(await client.IsNextPongAsync("1"));
    }

    [Fact]
    public async Task Request_NeedsTheHandshakeOrMetadata_ToBeAnswered()
    {
        await using var client = fixture.Gateway.OpenStdio();

        Assert.Equal(-32600, Code(await client.AskAsync(Rpc.Request("1", "tools/list"))));
        Assert.Equal(-32602, Code(await client.AskAsync(Rpc.Request("2", "server/discover"))));
        var modern = await client.AskAsync(Rpc.Request("3", "server/discover", "{\"_meta\":{" + McpClient.ModernKeys.Trim() + "}}"));
        Assert.Contains("2026-07-28", modern.GetProperty("result").GetProperty("supportedVersions").EnumerateArray().Select(v => v.GetString()));
        await client.InitializeAsync("2024-11-05");
        Assert.True((await client.AskAsync(Rpc.Request("4", "tools/list"))).TryGetProperty("result", out _));

        // Both eras, on the same pipe.
        var both = await client.AskAsync(Rpc.Request("5", "tools/call", Rpc.Call("up_echo", "{}", McpClient.ModernKeys.Trim())));
        Assert.Equal("complete", both.GetProperty("result").GetProperty("resultType").GetString());
    }

    [Fact]
    public async Task Lines_MayComeInPieces_AndManyAtOnce()
    {
        await using var client = fixture.Gateway.OpenStdio();
        await client.InitializeAsync();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(
            i => Rpc.Request(i.ToString(System.Globalization.CultureInfo.InvariantCulture), "tools/call", Rpc.Call("hub_echo", "{\"message\":\"ä" + i + "\"}")) + "\r\n")));
        var random = new Random(7);
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(random.Next(1, 3000), bytes.Length - at);
            await client.SendBytesAsync(bytes.AsMemory(at, size));
            at += size;
        }

        for (var i = 0; i < 200; i++)
        {
            var answer = await client.ReadAsync();
            Assert.Equal($"ä{answer.GetProperty("id").GetInt32()}", answer.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
        }
    }

    [Fact]
    public async Task Server_AnswersWhatIsRunning_WhenTheInputEnds()
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync();
        await client.SendAsync(Rpc.Request("1", "tools/call", Rpc.Call("hub_status")));
        client.CloseInput();

        Assert.Equal(1, (await client.ReadAsync()).GetProperty("id").GetInt32());
        await client.Ended.WithinLimitAsync("the server to end");
    }

    private static int Code(System.Text.Json.JsonElement answer) => answer.GetProperty("error").GetProperty("code").GetInt32();
}
