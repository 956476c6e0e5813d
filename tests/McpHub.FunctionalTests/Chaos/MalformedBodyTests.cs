using System.Text;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>Whatever a client posts, it is told what is wrong, under its own id where that can be read.</summary>
public sealed class MalformedBodyTests(EchoGateway fixture) : IClassFixture<EchoGateway>
{
    private const string Modern = McpClient.ModernKeys;

    /// <summary>Body, HTTP status, code, id as JSON ("" for none).</summary>
    public static TheoryData<string, int, int, string> Bodies { get; } = new()
    {
        { "", 400, -32700, "" },
        { "{", 400, -32700, "" },
        { "nul", 400, -32700, "" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list"}}""", 400, -32700, "" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list"} {}""", 400, -32700, "" },
        { """{'jsonrpc':'2.0'}""", 400, -32700, "" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list",}""", 400, -32700, "" },
        { """{"jsonrpc":"2.0","id":01,"method":"tools/list"}""", 400, -32700, "" },
        { "\uFEFF{}", 400, -32700, "" },
        { "\"text\"", 400, -32600, "" },
        { "1", 400, -32600, "" },
        { "null", 400, -32600, "" },
        { "{}", 400, -32600, "" },
        { "[]", 400, -32600, "" },
        { "[1]", 400, -32600, "" },
        { "[" + """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""" + "]", 400, -32600, "" },
        { """{"jsonrpc":"2.0","id":1}""", 400, -32600, "1" },
        { """{"id":"a","method":"tools/list"}""", 400, -32600, "\"a\"" },
        { """{"jsonrpc":"1.0","id":7,"method":"tools/list"}""", 400, -32600, "7" },
        { """{"jsonrpc":2.0,"id":7,"method":"tools/list"}""", 400, -32600, "7" },
        { """{"jsonrpc":null,"id":7,"method":"tools/list"}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":null,"method":"tools/list"}""", 400, -32600, "" },
        { """{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}""", 400, -32600, "" },
        { """{"jsonrpc":"2.0","id":1e3,"method":"tools/list"}""", 400, -32600, "" },
        { """{"jsonrpc":"2.0","id":true,"method":"tools/list"}""", 400, -32600, "" },
        { """{"jsonrpc":"2.0","id":{"a":1},"method":"tools/list"}""", 400, -32600, "" },
        { """{"jsonrpc":"2.0","id":[1],"method":"tools/list"}""", 400, -32600, "" },
        { """{"jsonrpc":"2.0","id":7,"method":5}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":null}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":{}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"\ud800"}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","result":{}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":""}}""", 400, -32600, "7" },
        { """{"\ud800":1,"jsonrpc":"2.0","id":7,"method":"no/such","params":{"\ud800name":1,"_meta":{"\ud800progressToken":1}}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[]}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":5}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":"x"}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":null}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":5}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","arguments":[]}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","arguments":"{}"}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":{}}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"cursor":5}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":[]}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"progressToken":{}}}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":20260728}}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":[]}}}""", 200, -32602, "7" },
        { """{"jsonrpc":"2.0","jsonrpc":"2.0","id":7,"method":"tools/list"}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","method":"tools/call"}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{},"params":{}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"hub_echo","name":"up_echo"}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"hub_echo","n\u0061me":"up_echo"}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","arguments":{},"arguments":{}}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","_meta":{},"_meta":{}}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"a:b","uri":"a:c"}}""", 400, -32600, "7" },
        { """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"progressToken":1,"progressToken":2}}}""", 400, -32600, "7" },
        {
            """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""",
            400, -32600, "7"
        },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Post_TellsWhatIsWrong_WhenTheBodyIsNoGoodMessage(string body, int status, int code, string id)
    {
        var answer = await fixture.PostAsync(body);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(id, answer.Id ?? "");
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Post_IsRefused_WhenTheIdOccursTwice()
    {
        var answer = await fixture.PostAsync("""{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}""");

        Assert.Equal((400, -32600), (answer.Status, answer.Code));
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Post_IsRefused_WhenTheBodyIsNoUtf8()
    {
        byte[][] bodies =
        [
            Encoding.Unicode.GetBytes(Rpc.Request("1", "tools/list")),
            Encoding.BigEndianUnicode.GetBytes(Rpc.Request("1", "tools/list")),
            [.. """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"caf"""u8, 0xE9, .. "\"}}"u8],
            [.. """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"a":"""u8, .. "\""u8, 0xED, 0xA0, 0x80, .. "\"}}}"u8],
            [.. """{"jsonrpc":"2.0","id":1,"method":"x"""u8, 0xC0, 0x80, .. "\"}"u8],
            [0xFF, 0xFE, 0xFD],
        ];
        foreach (var body in bodies)
        {
            var answer = await fixture.PostAsync(body);
            Assert.Equal((400, -32700, null), (answer.Status, answer.Code, answer.Id));
        }

        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task Post_IsRefused_WhenNestedTenThousandDeep(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 10_000)) + "1" + string.Concat(Enumerable.Repeat(close, 10_000));
        foreach (var body in (string[])[deep, Rpc.Request("1", "tools/call", Rpc.Call("hub_echo", "{\"message\":" + deep + "}"))])
        {
            var answer = await fixture.PostAsync(body);
            Assert.Equal((400, -32700), (answer.Status, answer.Code));
        }

        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":7}""")]
    [InlineData("""{"jsonrpc":"1.0","method":"notifications/initialized"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"_meta":5}}""")]
    public async Task Notification_IsAnsweredWithA4xx_WhenItIsMalformed(string body)
    {
        var answer = await fixture.PostAsync(body, ("MCP-Protocol-Version", "2026-07-28"));

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Body.Length == 0 || answer.Id is null);
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("notifications/cancelled", """{"requestId":12345}""")]
    [InlineData("notifications/cancelled", """{"requestId":{"a":1}}""")]
    [InlineData("notifications/cancelled", "{}")]
    [InlineData("notifications/roots/list_changed", "{}")]
    [InlineData("notifications/nobody/knows", """{"a":1}""")]
    [InlineData("tools/list", "{}")]
    public async Task Notification_IsAccepted_WhateverItIsAbout(string method, string parameters)
    {
        var answer = await fixture.PostAsync(Rpc.Notification(method, parameters), ("MCP-Protocol-Version", "2026-07-28"));

        Assert.Equal((202, ""), (answer.Status, answer.Body));
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-9")]
    [InlineData("\"1\"")]
    [InlineData("\"\"")]
    [InlineData("\"\\u0061\\n\\\"ä\"")]
    [InlineData("123456789012345678901234567890")]
    public async Task Id_ComesBackAsItWasWritten_InResultsAndErrors(string id)
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Protocol.Revisions.Latest);

        foreach (var tool in (string[])["up_echo", "hub_echo", "no_such_tool"])
        {
            Assert.Equal(id, (await client.CallAsync(tool, """{"message":"x"}""", id: id)).Id);
        }
    }

    [Fact]
    public async Task Response_IsRefused_FromAModernClient()
    {
        var answer = await fixture.PostAsync(Rpc.Result("1", "{}"), ("MCP-Protocol-Version", "2026-07-28"));

        Assert.Equal((400, -32600), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Body_MayBeOfAnyForm_ThatIsJson()
    {
        var body = "\r\n\t {\n\"params\" :\t{ \"arguments\": {\"message\"\n:\"a\\u0062c\"}, \"_meta\": {" + Modern.Trim() + "}, \"n\\u0061me\":\"hub\\u005fecho\"},\r\n"
            + "\"unknown\": [1, {\"id\": 5}], \"method\":\"tools\\/call\", \"id\":3, \"jsonrpc\":\"2.0\" }\n\n ";

        var answer = await fixture.PostAsync(
            body, ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "hub_echo"), ("Content-Type", "Application/JSON; charset=utf-8"));

        Assert.Equal("abc", answer.Text);
    }
}
