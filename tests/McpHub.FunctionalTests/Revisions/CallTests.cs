using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Revisions;

/// <summary>Calls and their results between all revisions (T1, T2, T5, T6, T19, T20, T26): what each side gets, in text.</summary>
public sealed class CallTests
{
    private const string Hologram = """{"type":"hologram","depth":1.0,"big":1152921504606846976,"nested":{"uri":"x:y","title":"kept"}}""";
    private const string Text = """{"type":"text","text":"a\u00e4\/b","annotations":{"audience":["user"],"priority":0.50,"lastModified":"2026-01-01T00:00:00Z"},"_meta":{"vendor.example/b":1.0}}""";
    private const string Image = """{"type":"image","data":"aGk=","mimeType":"image/png"}""";
    private const string Audio = """{"type":"audio","data":"aGk=","mimeType":"audio/wav"}""";
    private const string Link = """{"type":"resource_link","uri":"file:///l","name":"link","title":"The link","mimeType":"text/plain","description":"d"}""";
    private const string Embedded = """{"type":"resource","resource":{"uri":"file:///e","mimeType":"text/plain","text":"hi","_meta":{"vendor.example/c":1}}}""";
    private const string Structured = """{"n":1.0,"i":1,"big":1152921504606846976,"t":"\u00e4"}""";
    private const string Arguments = """{"big":1152921504606846976,"f":1.0,"i":1,"e":1e2,"neg":-0,"text":"\u00e4\/\ud83d\ude00","null":null,"list":[ 1,  2 ],"name":"inner","uri":"inner"}""";

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Result_ReachesTheClient_InItsOwnRevision(string client, string server)
    {
        foreach (var isError in (bool[])[false, true])
        {
            await using var pair = await RevisionPair.StartAsync(client, server);
            var result = Result(pair, isError);
            pair.Server.OnTool("echo", result);

            var answer = await pair.Client.CallAsync("s_echo", Arguments, id: "\"ä\"");

            Assert.Equal(200, answer.Status);
            Assert.Equal("\"ä\"", answer.Id);
            var got = answer.Result;
            if (pair.IsVerbatim)
            {
                Assert.Equal(result, got.GetRawText());
                continue;
            }

            Assert.Equal(isError, got.GetProperty("isError").GetBoolean());
            Assert.Equal("""{"z":1.0}""", got.GetProperty("extra").GetRawText());
            Assert.Equal("""{"a":[1.0]}""", got.GetProperty("_meta").GetProperty("vendor.example/k").GetRawText());
            Assert.Equal(pair.ClientRevision.IsModern(), got.TryGetProperty("resultType", out _));
            Assert.False(got.TryGetProperty("ttlMs", out _));
            Assert.Equal(
                pair.ClientRevision.IsModern() ? "mcphub" : null,
                got.GetProperty("_meta").TryGetProperty("io.modelcontextprotocol/serverInfo", out var info) ? info.GetProperty("name").GetString() : null);
            AssertContent(pair, [.. got.GetProperty("content").EnumerateArray()]);
            Assert.Equal(pair.ClientHas(Revision.V20250618) ? Structured : null, got.TryGetProperty("structuredContent", out var structured) ? structured.GetRawText() : null);
        }
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Request_ReachesTheServer_InItsOwnRevision(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server);
        using var request = pair.Client.Request(
            "tools/call",
            "{\"unknown\":[1.0],\"name\":\"s_echo\",\"task\":{\"ttl\":5},\"arguments\":" + Arguments + "}",
            "\"vendor.example/k\":{\"f\":1.0},\"progressToken\":\"p\"");
        request.Headers.Add("Authorization", "Bearer canary");
        request.Headers.Add("Cookie", "a=canary");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("Last-Event-ID", "canary");

        Assert.Equal("echo", (await pair.Client.SendAsync(request, TestContext.Current.CancellationToken)).Text);

        var got = pair.Server.Of("tools/call").Single();
        Assert.Equal("echo", got.Params.GetProperty("name").GetString());
        Assert.Equal(Arguments, got.Params.GetProperty("arguments").GetRawText());
        Assert.Equal("[1.0]", got.Params.GetProperty("unknown").GetRawText());
        Assert.False(got.Params.TryGetProperty("task", out _));
        Assert.Equal("""{"f":1.0}""", got.Meta("vendor.example/k").GetRawText());
        Assert.Equal(JsonValueKind.Number, got.Meta("progressToken").ValueKind);
        Assert.Equal(got.Id, got.Meta("progressToken").GetRawText());
        Assert.Equal(pair.ServerRevision.IsModern() ? "echo" : null, got.Header("Mcp-Name"));
        Assert.DoesNotContain("canary", string.Join(' ', got.Headers.Values) + got.Body, StringComparison.Ordinal);
        if (pair.ServerRevision.IsModern())
        {
            // A legacy client's are those of its session, of which a request needs no more than what can be asked.
            Assert.Equal(
                pair.ClientRevision.IsModern() ? "{}" : """{"roots":{},"sampling":{}}""", got.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());
        }

        pair.AssertServerWasSpokenToWell();
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Call_WithoutArgumentsOrMetadata_StaysWithout(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server);

        Assert.Equal("echo", (await pair.Client.RequestAsync("tools/call", """{"name":"s_echo"}""")).Text);

        var got = pair.Server.Of("tools/call").Single();
        Assert.False(got.Params.TryGetProperty("arguments", out _));
        Assert.True(!got.Params.TryGetProperty("_meta", out var meta) || pair.ServerRevision.IsModern() || meta.GetRawText() == "{}");
        pair.AssertServerWasSpokenToWell();
    }

    [Theory]
    [MemberData(nameof(RevisionPair.ModernServers), MemberType = typeof(RevisionPair))]
    public async Task StructuredContent_IsWrapped_ForClientsThatOnlyKnowObjects(string client, string server)
    {
        var offer = new FakeOffer { Tools = ["""{"name":"open","inputSchema":{"type":"object"},"outputSchema":{}}""", """{"name":"plain","inputSchema":{"type":"object"}}"""] };
        await using var pair = await RevisionPair.StartAsync(client, server, offer);
        foreach (var (tool, json, isWrapped) in ((string, string, bool)[])[("open", "[1.0, 2]", true), ("open", """{"a":1.0}""", true), ("plain", "1.0", true), ("plain", """{"a":1.0}""", false)])
        {
            pair.Server.OnTool(tool, "{\"resultType\":\"complete\",\"content\":[],\"structuredContent\":" + json + "}");

            var got = (await pair.Client.CallAsync("s_" + tool)).Result;

            var expected = pair.ClientRevision.IsModern() ? json : !pair.ClientHas(Revision.V20250618) ? null : isWrapped ? "{\"result\":" + json + "}" : json;
            Assert.Equal(expected, got.TryGetProperty("structuredContent", out var structured) ? structured.GetRawText() : null);
        }
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Error_OfTheServers_KeepsItsCodeAndData(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server);
        foreach (var code in (int[])[4711, -32602, -32603, -32000, -32601])
        {
            pair.Server.OnTool("echo", x => x.ErrorAsync(code, "no", """{"n":1.0,"big":1152921504606846976}"""));

            var answer = await pair.Client.CallAsync("s_echo");

            Assert.Equal(code, answer.Code);
            Assert.Equal("""{"n":1.0,"big":1152921504606846976}""", answer.Error.GetProperty("data").GetRawText());
            Assert.Equal(code == -32601 && pair.ClientRevision.IsModern() ? 404 : 200, answer.Status);
        }
    }

    [Theory]
    [MemberData(nameof(RevisionPair.ModernServers), MemberType = typeof(RevisionPair))]
    public async Task Error_OfTheHopToTheServer_IsNotTheClients(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server);
        pair.Server.OnTool("echo", x => x.ErrorAsync(-32020, "hop", status: 400));
        Assert.Equal((200, -31012), await StatusAndCode(pair.Client.CallAsync("s_echo")));

        pair.Server.OnTool("echo", x => x.ErrorAsync(-32021, "caps", """{"requiredCapabilities":{"sampling":{}}}""", 400));
        Assert.Equal(pair.ClientRevision.IsModern() ? (400, -32021) : (200, -31013), await StatusAndCode(pair.Client.CallAsync("s_echo")));

        // The last of them: the gateway now looks anew for the server's revision.
        pair.Server.OnTool("echo", x => x.ErrorAsync(-32022, "hop", """{"supported":["x"],"requested":"y"}""", 400));
        Assert.Equal((200, -31012), await StatusAndCode(pair.Client.CallAsync("s_echo")));
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task InputResponses_AreKept_FromServersThatDontKnowThem(string server)
    {
        await using var pair = await RevisionPair.StartAsync("2026-07-28", server);

        await pair.Client.RequestAsync("tools/call", """{"name":"s_echo","inputResponses":{}}""");

        var got = pair.Server.Of("tools/call").Single().Params;
        Assert.False(got.TryGetProperty("inputResponses", out _));
    }

    [Fact]
    public async Task Capabilities_ReachAModernServer_WithTheExtensionsThatAreRelayed()
    {
        await using var pair = await RevisionPair.StartAsync("2026-07-28", "2026-07-28");
        const string Keys = """
            "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"sampling":{},"extensions":{"io.modelcontextprotocol/tasks":{},"io.modelcontextprotocol/ui":{"mimeTypes":["a/b"]},"x.y/z":{}}},"io.modelcontextprotocol/clientInfo":{"name":"c","version":"2"}
            """;
        using var request = pair.Client.Request("tools/call", Rpc.Call("s_echo"));
        request.Content = new StringContent(Rpc.Request("1", "tools/call", Rpc.Call("s_echo", "{}", Keys.Trim())), System.Text.Encoding.UTF8, "application/json");

        await pair.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var got = pair.Server.Of("tools/call").Single();
        Assert.Equal(
            """{"sampling":{},"extensions":{"io.modelcontextprotocol/tasks":{},"io.modelcontextprotocol/ui":{"mimeTypes":["a/b"]}}}""", got.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());
        Assert.Equal("""{"name":"c","version":"2"}""", got.Meta("io.modelcontextprotocol/clientInfo").GetRawText());
    }

    [Theory]
    [InlineData("modern", null)]
    [InlineData("legacy", "2025-06-18")]
    [InlineData("legacy", "2024-11-05")]
    public async Task StdioServer_IsCalled_FromEveryRevision(string mode, string? revision)
    {
        var record = Path.GetTempFileName();
        await using var gateway = await GatewayHost.StartAsync(StdioUpstreams.Config("s", mode, record, revision));
        Assert.Equal(revision ?? "2026-07-28", gateway.Upstream("s").State.Revision?.Text());
        foreach (var client in Protocol.Revisions.All)
        {
            var answer = await (await McpClient.ConnectAsync(gateway, client)).CallAsync("s_echo", Arguments, "\"vendor.example/k\":1.0");
            Assert.Equal(Arguments, answer.Text);
            Assert.Equal(client.IsModern(), answer.Result.TryGetProperty("resultType", out _));
        }

        var calls = StdioUpstreams.ReadRecord(record).Where(l => l.Contains("tools/call", StringComparison.Ordinal)).ToArray();
        Assert.Equal(5, calls.Length);
        Assert.All(calls, c => Assert.Contains("\"vendor.example/k\":1.0", c, StringComparison.Ordinal));
        Assert.All(calls, c => Assert.Equal(mode == "modern", c.Contains("io.modelcontextprotocol/", StringComparison.Ordinal)));
        StdioUpstreams.DeleteRecord(record);
    }

    private static string Result(RevisionPair pair, bool isError) =>
        "{" + (pair.ServerRevision.IsModern() ? "\"resultType\":\"complete\"," : "")
        + "\"content\":[" + string.Join(',', Text, Image, Audio, Link, Embedded, Hologram) + "],\"structuredContent\":" + Structured
        + ",\"isError\":" + (isError ? "true" : "false") + ",\"extra\":{\"z\":1.0},\"_meta\":{\"vendor.example/k\":{\"a\":[1.0]}"
        + (pair.ServerRevision.IsModern() ? ",\"io.modelcontextprotocol/serverInfo\":{\"name\":\"fake\",\"version\":\"1\"}" : "") + "}}";

    private static void AssertContent(RevisionPair pair, JsonElement[] content)
    {
        var isFull = pair.ClientHas(Revision.V20250618);
        Assert.Equal(6, content.Length);
        Assert.Equal(
            isFull ? Text : """{"type":"text","text":"a\u00e4\/b","annotations":{"audience":["user"],"priority":0.50}}""", content[0].GetRawText());
        Assert.Equal(Image, content[1].GetRawText());
        Assert.Equal(
            pair.ClientHas(Revision.V20250326) ? Audio : """{"type":"resource","resource":{"uri":"mcphub://content/audio","mimeType":"audio/wav","blob":"aGk="}}""",
            content[2].GetRawText());
        if (isFull)
        {
            Assert.Equal(Link, content[3].GetRawText());
        }
        else
        {
            Assert.Equal("text", content[3].GetProperty("type").GetString());
            Assert.Contains("uri: file:///l", content[3].GetProperty("text").GetString(), StringComparison.Ordinal);
            Assert.Contains("name: link\n", content[3].GetProperty("text").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(isFull ? Embedded : Embedded.Replace(",\"_meta\":{\"vendor.example/c\":1}", "", StringComparison.Ordinal), content[4].GetRawText());
        Assert.StartsWith("""{"type":"hologram","depth":1.0,"big":1152921504606846976,"nested":{"uri":"x:y""", content[5].GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<(int Status, int Code)> StatusAndCode(Task<HttpAnswer> pending)
    {
        var answer = await pending;
        return (answer.Status, answer.Code);
    }
}
