using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>What a legacy server asks a legacy client during a call (T10, T17, T23).</summary>
public sealed class LegacyBothTests
{
    private const string Sampling = """{"messages":[{"role":"user","content":{"type":"text","text":"a\u00e4\/b"}}],"maxTokens":1,"temperature":1.0,"includeContext":"none","vendor":[1.0]}""";
    private const string Tools = """{"messages":[],"maxTokens":1,"tools":[{"name":"t","inputSchema":{"type":"object"}}],"toolChoice":{"mode":"auto"}}""";
    private const string Form = """{"message":"M\u00e4\/","requestedSchema":{"type":"object","properties":{"n":{"type":"number","minimum":1.0}},"required":["n"]}}""";
    private const string Url = """{"mode":"url","message":"M","url":"https://example.com/\u00e4"}""";
    private const string Message = "\"result\":{\"role\":\"assistant\",\"content\":{\"type\":\"text\",\"text\":\"\\u00e4\\/\"},\"model\":\"m\",\"f\":1.0,\"big\":1152921504606846976}";
    private const string Accepted = """
        "result":{"action":"accept","content":{"n":1.0}}
        """;

    private const string Error = """
        "error":{"code":-1,"message":"no\u00e4","data":{"f":[1.0]}}
        """;

    [Theory]
    [MemberData(nameof(InputPair.Legacy), MemberType = typeof(InputPair))]
    public async Task Request_GoesOutOnTheCallsStream_AndItsAnswerComesBackAsItIs(string client, string server)
    {
        await using var pair = await InputPair.StartAsync(client, server);
        var to = InputPair.Parse(client);
        var from = InputPair.Parse(server);
        await AskAsync(pair, "sampling/createMessage", Sampling, Message);
        await AskAsync(pair, "sampling/createMessage", Sampling, Error.Trim());
        await AskAsync(pair, "roots/list", null, """
            "result":{"roots":[{"uri":"file:///h\u00e4\/","name":"h"}],"x":1.0}
            """.Trim());
        if (from >= Revision.V20250618 && to >= Revision.V20250618)
        {
            await AskAsync(pair, "elicitation/create", Form, Accepted.Trim());
            await AskAsync(pair, "elicitation/create", Form, """
                "result":{"action":"decline"}
                """.Trim());
            await AskAsync(pair, "elicitation/create", Form, Error.Trim());
        }

        if (from >= Revision.V20251125 && to >= Revision.V20251125)
        {
            await AskAsync(pair, "sampling/createMessage", Tools, Message);
            await AskAsync(pair, "elicitation/create", Url[..^1] + ",\"elicitationId\":\"e-1\"}", """
                "result":{"action":"accept"}
                """.Trim());
        }

        // One session for everything that this client can be asked, beside the one that asks for nothing.
        Assert.Equal(2, pair.Sessions.Count);
        Assert.DoesNotContain("elicitation", pair.Sessions[0].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Elicitation_IsWritten_ForTheClientsRevision(string client)
    {
        await using var pair = await InputPair.StartAsync(client, "2025-11-25");
        const string Titled = """{"mode":"form","message":"m","requestedSchema":{"type":"object","properties":{"c":{"type":"string","title":"C","oneOf":[{"const":"a","title":"A"},{"const":"b"}]},"many":{"type":"array","items":{"type":"string","enum":["x"]}},"t":{"type":"string"}},"required":["c","many"]}}""";

        var form = await SeenAsync(pair, "elicitation/create", Titled);

        Assert.Equal(
            client == "2025-11-25" ? Titled
                : """{"message":"m","requestedSchema":{"type":"object","properties":{"c":{"type":"string","title":"C","enum":["a","b"],"enumNames":["A","b"]},"t":{"type":"string"}},"required":["c"]}}""",
            form!.Value.GetRawText());

        var url = await SeenAsync(pair, "elicitation/create", Url);

        if (client == "2025-06-18")
        {
            Assert.Null(url);
            return;
        }

        // That revision demands an id, which the server has left out.
        Assert.NotEqual("", url!.Value.GetProperty("elicitationId").GetString());
        Assert.StartsWith(Url[..^1] + ",\"elicitationId\":\"", url.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sampling":{}}""", "elicitation/create", Form, -32602)]
    [InlineData("""{"sampling":{}}""", "roots/list", null, -32601)]
    [InlineData("""{"sampling":{}}""", "sampling/createMessage", Tools, -32602)]
    [InlineData("""{"roots":{}}""", "sampling/createMessage", Sampling, -32602)]
    [InlineData("""{"elicitation":{}}""", "elicitation/create", Url, -32602)]
    [InlineData("""{"elicitation":{"url":{}}}""", "elicitation/create", Form, -32602)]
    public async Task Request_ThatTheClientHasNotDeclared_IsRefused(string capabilities, string method, string? parameters, int code)
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2025-11-25", capabilities);
        string? got = null;
        pair.Server.OnTool("ask", async x =>
        {
            got = await pair.Server.AskAsync(x, method, parameters);
            await x.TextAsync("done");
        });
        var client = new AskedClient(pair.Client, _ => Message);

        Assert.Equal("done", (await client.CallAsync("s_ask")).Text);

        Assert.Empty(client.Asked);
        Assert.StartsWith("\"error\":{\"code\":" + code, got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_WhoseCallAcceptsNoStream_CannotBeAsked()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2025-11-25");
        string? got = null;
        pair.Server.OnTool("ask", async x =>
        {
            got = await pair.Server.AskAsync(x, "sampling/createMessage", Sampling);
            await x.TextAsync("done");
        });
        using var request = pair.Client.Request("tools/call", Rpc.Call("s_ask"));
        request.Headers.Remove("Accept");
        request.Headers.Add("Accept", "application/json");

        Assert.Equal("done", (await pair.Client.SendAsync(request, CancellationToken.None)).Text);

        Assert.Contains("does not accept an event stream", got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootsChange_IsForwarded_ToTheClientsOwnSession()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2025-06-18");
        await pair.Client.CallAsync("s_ask");
        var own = pair.Server.Of("tools/call").Single().Header("Mcp-Session-Id");

        await pair.Client.NotifyAsync("notifications/roots/list_changed");

        var got = await pair.Server.WaitForAsync("notifications/roots/list_changed");
        Assert.Equal(own, got.Header("Mcp-Session-Id"));
    }

    [Fact]
    public async Task Cancel_OfTheCall_TakesBackWhatWasAsked()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2025-11-25");
        var asked = new TaskCompletionSource();
        pair.Server.OnTool("ask", async x =>
        {
            _ = pair.Server.AskAsync(x, "elicitation/create", Form);
            await x.HangAsync();
        });
        var client = new AskedClient(pair.Client, _ =>
        {
            asked.TrySetResult();
            return null;
        });

        var call = client.CallAsync("s_ask", id: "\"c\"");
        await asked.Task.WithinLimitAsync("the question");
        await pair.Client.NotifyAsync("notifications/cancelled", """{"requestId":"c"}""");

        await call.WithinLimitAsync("the end of the call");
        await pair.Server.WaitForAsync("notifications/cancelled");
        var answered = await pair.Server.WaitForAsync(r => r.Method.Length == 0 && r.Id.Contains("ask", StringComparison.Ordinal));
        Assert.Equal("cancel", answered.Json.GetProperty("result").GetProperty("action").GetString());
    }

    [Fact]
    public async Task Withdrawal_ByTheServer_ReachesTheClient_AndIsNotAnswered()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2025-11-25");
        var asked = new TaskCompletionSource();
        pair.Server.OnTool("ask", async x =>
        {
            _ = pair.Server.AskAsync(x.SendAsync, "77", "elicitation/create", Form);
            await asked.Task;
            await x.NotifyAsync("notifications/cancelled", """{"requestId":77}""");
            await x.TextAsync("done");
        });
        var client = new AskedClient(pair.Client, _ =>
        {
            asked.TrySetResult();
            return null;
        });

        var answer = await client.CallAsync("s_ask");

        Assert.Equal("done", answer.Text);
        var cancelled = answer.Notifications.Single(n => n.GetProperty("method").GetString() == "notifications/cancelled");
        Assert.Equal(JsonElement.Parse(client.Asked.Single()).GetProperty("id").GetRawText(), cancelled.GetProperty("params").GetProperty("requestId").GetRawText());
        Assert.DoesNotContain(pair.Server.Requests, r => r.Id == "77");
    }

    /// <summary>Has the server ask, and the client answer.</summary>
    private static async Task AskAsync(InputPair pair, string method, string? parameters, string member)
    {
        string? got = null;
        pair.Server.OnTool("ask", async x =>
        {
            got = await pair.Server.AskAsync(x, method, parameters);
            await x.TextAsync("done");
        });
        var client = new AskedClient(pair.Client, _ => member);

        var answer = await client.CallAsync("s_ask", id: "\"mine\"");

        Assert.Equal("done", answer.Text);
        Assert.Equal("\"mine\"", answer.Id);
        Assert.Equal(member, got);
        var asked = JsonElement.Parse(Assert.Single(client.Asked));
        Assert.Equal(method, asked.GetProperty("method").GetString());
        Assert.Equal(JsonValueKind.Number, asked.GetProperty("id").ValueKind);
        Assert.Equal(parameters, asked.TryGetProperty("params", out var sent) ? sent.GetRawText() : null);
    }

    /// <summary>The parameters that the client gets to see, if it is asked at all.</summary>
    private static async Task<JsonElement?> SeenAsync(InputPair pair, string method, string parameters)
    {
        pair.Server.OnTool("ask", async x =>
        {
            await pair.Server.AskAsync(x, method, parameters);
            await x.TextAsync("done");
        });
        var client = new AskedClient(pair.Client, _ => Accepted.Trim());
        Assert.Equal("done", (await client.CallAsync("s_ask")).Text);
        return client.Asked.Count == 0 ? null : JsonElement.Parse(client.Asked.Single()).GetProperty("params");
    }
}
