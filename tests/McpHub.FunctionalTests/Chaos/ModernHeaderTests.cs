using System.Text;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>The headers of 2026-07-28 against the body, in the order in which faults are told.</summary>
public sealed class ModernHeaderTests(EchoGateway fixture) : IClassFixture<EchoGateway>
{
    private const string Version = "MCP-Protocol-Version: 2026-07-28";
    private const string Call = "Mcp-Method: tools/call";
    private const string List = "Mcp-Method: tools/list";

    /// <summary>Headers (one a line), method, params without _meta, members of _meta ("*": the right ones), status, code.</summary>
    public static TheoryData<string, string, string, string, int, int> Requests { get; } = new()
    {
        // Good ones, however they are spelled.
        { $"{Version}\n{List}", "tools/list", "{}", "*", 200, 0 },
        { $"mcp-protocol-version: 2026-07-28\nmcp-method:   tools/list  ", "tools/list", "{}", "*", 200, 0 },
        { $"{Version}\n{Call}\nMcp-Name:   up_echo  ", "tools/call", """{"name":"up_echo"}""", "*", 200, 0 },
        { $"{Version}\n{Call}\nMcp-Name: =?base64?{Base64("up_echo")}?=", "tools/call", """{"name":"up_echo"}""", "*", 200, 0 },
        { $"{Version}\n{Call}\nMcp-Name: up_echo", "tools/call", """{"name":"up\u005fecho"}""", "*", 200, 0 },
        { $"{Version}\n{Call}\nMcp-Name: up_echo\nMcp-Session-Id: whatever\nLast-Event-ID: 5\nMcp-Param-Unknown: x", "tools/call", """{"name":"up_echo"}""", "*", 200, 0 },
        { $"{Version}\nMcp-Method: prompts/get\nMcp-Name: up_plan", "prompts/get", """{"name":"up_plan"}""", "*", 200, 0 },
        { $"{Version}\nMcp-Method: resources/read\nMcp-Name: =?base64?{Base64("file:///ä b")}?=", "resources/read", """{"uri":"file:///ä b"}""", "*", 200, 0 },
        { $"{Version}\nMcp-Method: server/discover", "server/discover", "{}", "*", 200, 0 },

        // Version: body against header, then known or not, then the rest of the metadata.
        { List, "tools/list", "{}", "*", 400, -32020 },
        { $"MCP-Protocol-Version: 2025-11-25\n{List}", "tools/list", "{}", "*", 400, -32020 },
        { $"{Version}\n{Version}\n{List}", "tools/list", "{}", "*", 400, -32020 },
        { $"{Version}\n{List}", "tools/list", "{}", Meta("v999.0.0"), 400, -32020 },
        { $"MCP-Protocol-Version: v999.0.0\n{List}", "tools/list", "{}", Meta("v999.0.0"), 400, -32022 },
        { $"MCP-Protocol-Version: 2027-01-01\n{List}", "tools/list", "{}", Meta("2027-01-01"), 400, -32022 },
        { $"MCP-Protocol-Version: 2025-11-25\n{List}", "tools/list", "{}", Meta("2025-11-25"), 400, -32022 },
        { $"{Version}\n{List}", "tools/list", "{}", "", 400, -32602 },
        { $"{Version}\n{List}", "tools/list", "{}", "\"progressToken\":1", 400, -32602 },
        { $"MCP-Protocol-Version: 2027-01-01\n{List}", "tools/list", "{}", "", 400, -32602 },
        { $"{Version}\n{List}", "tools/list", "{}", "\"io.modelcontextprotocol/clientCapabilities\":{}", 400, -32602 },
        { $"{Version}\n{List}", "tools/list", "{}", "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"", 400, -32602 },
        { $"{Version}\n{List}", "tools/list", "{}", Meta("2026-07-28") + ",\"io.modelcontextprotocol/logLevel\":\"loud\"", 200, -32602 },
        { $"{Version}\nMcp-Method: tools/call", "tools/list", "{}", "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"", 400, -32602 },

        // Method and name.
        { Version, "tools/list", "{}", "*", 400, -32020 },
        { $"{Version}\nMcp-Method: TOOLS/LIST", "tools/list", "{}", "*", 400, -32020 },
        { $"{Version}\nMcp-Method: tools/call", "tools/list", "{}", "*", 400, -32020 },
        { $"{Version}\n{List}\n{List}", "tools/list", "{}", "*", 400, -32020 },
        { $"{Version}\n{Call}", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name:", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: up_other", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: UP_ECHO", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: up_echo\nMcp-Name: up_echo", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: =?base64?{Base64("up_other")}?=", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: =?base64?!!!!?=", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: =?BASE64?{Base64("up_echo")}?=", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: =?base64?{Base64("up_echo")}", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\n{Call}\nMcp-Name: {Base64("up_echo")}", "tools/call", """{"name":"up_echo"}""", "*", 400, -32020 },
        { $"{Version}\nMcp-Method: resources/read\nMcp-Name: file:///a%20b", "resources/read", """{"uri":"file:///ä b"}""", "*", 400, -32020 },

        // Methods that the era doesn't have are unknown to it, the handshake too.
        { $"{Version}\nMcp-Method: initialize", "initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}""", "*", 404, -32601 },
        { $"{Version}\nMcp-Method: ping", "ping", "{}", "*", 404, -32601 },
        { $"{Version}\nMcp-Method: logging/setLevel", "logging/setLevel", """{"level":"info"}""", "*", 404, -32601 },
        { $"{Version}\nMcp-Method: resources/subscribe", "resources/subscribe", """{"uri":"a:b"}""", "*", 404, -32601 },
        { $"{Version}\nMcp-Method: resources/unsubscribe", "resources/unsubscribe", """{"uri":"a:b"}""", "*", 404, -32601 },
        { $"{Version}\nMcp-Method: tasks/list", "tasks/list", "{}", "*", 404, -32601 },
        { $"{Version}\nMcp-Method: no/such", "no/such", "{}", "*", 404, -32601 },

        // The handler's own errors are answers.
        { $"{Version}\n{Call}\nMcp-Name: nobody", "tools/call", """{"name":"nobody"}""", "*", 200, -32602 },
        { $"{Version}\n{Call}", "tools/call", "{}", "*", 200, -32602 },
        { $"{Version}\n{List}", "tools/list", """{"cursor":"bogus"}""", "*", 200, -32602 },
        { $"{Version}\n{List}", "tools/list", """{"cursor":""}""", "*", 200, -32602 },

        // Arguments that headers repeat.
        { Query("Mcp-Param-Region: eu"), "tools/call", Arguments("""{"region":"eu"}"""), "*", 200, 0 },
        { Query($"Mcp-Param-Region: =?base64?{Base64("日本語")}?="), "tools/call", Arguments("""{"region":"日本語"}"""), "*", 200, 0 },
        { Query($"Mcp-Param-Region: =?base64?{Base64("=?base64?literal?=")}?="), "tools/call", Arguments("""{"region":"=?base64?literal?="}"""), "*", 200, 0 },
        { Query("Mcp-Param-Region:"), "tools/call", Arguments("""{"region":""}"""), "*", 200, 0 },
        { Query("Mcp-Param-N: 42"), "tools/call", Arguments("""{"n":42}"""), "*", 200, 0 },
        { Query("Mcp-Param-N: 42"), "tools/call", Arguments("""{"n":42.0}"""), "*", 200, 0 },
        { Query("Mcp-Param-N: 42.0"), "tools/call", Arguments("""{"n":42}"""), "*", 200, 0 },
        { Query("Mcp-Param-Dry: true"), "tools/call", Arguments("""{"dry":true}"""), "*", 200, 0 },
        { Query("Mcp-Param-Leaf: green"), "tools/call", Arguments("""{"deep":{"leaf":"green"}}"""), "*", 200, 0 },
        { Query("X-Other: 1"), "tools/call", Arguments("""{"region":null}"""), "*", 200, 0 },
        { Query("X-Other: 1"), "tools/call", Arguments("{}"), "*", 200, 0 },
        { Query("X-Other: 1"), "tools/call", Arguments("""{"region":"\ud800"}"""), "*", 200, 0 },
        { Query("X-Other: 1"), "tools/call", Arguments("""{"\ud800aaaaaaaaaaaaaaaa":1}"""), "*", 200, 0 },
        { Query("X-Other: 1"), "tools/call", """{"name":"up_query"}""", "*", 200, 0 },
        { Query("X-Other: 1"), "tools/call", Arguments("""{"region":"eu"}"""), "*", 400, -32020 },
        { Query("Mcp-Param-Region: EU"), "tools/call", Arguments("""{"region":"eu"}"""), "*", 400, -32020 },
        { Query("Mcp-Param-Region: =?base64?***?="), "tools/call", Arguments("""{"region":"eu"}"""), "*", 400, -32020 },
        { Query("Mcp-Param-N: 43"), "tools/call", Arguments("""{"n":42}"""), "*", 400, -32020 },
        { Query("Mcp-Param-Dry: True"), "tools/call", Arguments("""{"dry":true}"""), "*", 400, -32020 },
        { Query("Mcp-Param-Leaf: red"), "tools/call", Arguments("""{"deep":{"leaf":"green"}}"""), "*", 400, -32020 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_IsJudgedByHeadersAndBodyTogether(string headers, string method, string parameters, string meta, int status, int code)
    {
        var keys = meta == "*" ? McpClient.ModernKeys.Trim() : meta;
        var inner = parameters[1..^1] + (parameters.Length > 2 && keys.Length > 0 ? "," : "") + (keys.Length > 0 ? "\"_meta\":{" + keys + "}" : "");
        var body = Rpc.Request("\"i\"", method, "{" + inner + "}");

        var answer = await RawHttp.ExchangeAsync(
            fixture.Gateway.Url,
            $"POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n"
                + string.Join("\r\n", headers.Split('\n')) + "\r\n\r\n" + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body)),
            closeSending: false);

        var json = System.Text.Json.JsonElement.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Equal(status, int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(code, json.TryGetProperty("error", out var error) ? error.GetProperty("code").GetInt32() : 0);
        Assert.Equal("i", json.GetProperty("id").GetString());
        Assert.DoesNotContain("Mcp-Session-Id", answer, StringComparison.OrdinalIgnoreCase);
        if (code == -32022)
        {
            Assert.Contains("2026-07-28", error.GetProperty("data").GetProperty("supported").EnumerateArray().Select(v => v.GetString()));
            Assert.Contains(error.GetProperty("data").GetProperty("requested").GetString()!, keys, StringComparison.Ordinal);
        }

        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Initialize_IsTheLegacyHandshake_WhateverRevisionItAsksForOrItsHeaderSays()
    {
        foreach (var (asked, given) in ((string, string)[])[("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"), ("2024-11-05", "2024-11-05"), ("", "2025-11-25")])
        {
            foreach (var headers in ((string, string)[][])[[], [("MCP-Protocol-Version", "2026-07-28")], [("MCP-Protocol-Version", "2025-11-25")]])
            {
                var answer = await fixture.PostAsync(Rpc.Initialize("1", asked), headers);
                Assert.Equal(200, answer.Status);
                Assert.Equal(given, answer.Result.GetProperty("protocolVersion").GetString());
                Assert.Matches("^[\\x21-\\x7E]{16,}$", answer.Headers["Mcp-Session-Id"]);
            }
        }
    }

    private static string Query(string header) => $"{Version}\n{Call}\nMcp-Name: up_query\n{header}";

    private static string Arguments(string arguments) => Rpc.Call("up_query", arguments);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Meta(string version) =>
        $$"""
        "io.modelcontextprotocol/protocolVersion":"{{version}}","io.modelcontextprotocol/clientCapabilities":{}
        """.Trim();
}
