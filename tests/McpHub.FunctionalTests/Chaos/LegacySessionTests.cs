using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>Sessions and JSON-RPC batches of the legacy era over HTTP.</summary>
public sealed class LegacySessionTests(EchoGateway fixture) : IClassFixture<EchoGateway>
{
    [Fact]
    public async Task Request_IsRefused_WithoutASession()
    {
        var answer = await fixture.PostAsync(Rpc.Request("5", "tools/list"));

        Assert.Equal((400, -32600, "5"), (answer.Status, answer.Code, answer.Id));
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("../../etc/passwd")]
    public async Task Request_IsNotFound_WhenTheSessionIsUnknown(string session)
    {
        var answer = await fixture.PostAsync(Rpc.Request("5", "tools/list"), ("Mcp-Session-Id", session));

        Assert.Equal((404, -32001, "5"), (answer.Status, answer.Code, answer.Id));
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Notification_NeedsTheSession_Too()
    {
        Assert.Equal(400, (await fixture.PostAsync(Rpc.Notification("notifications/initialized"))).Status);
        Assert.Equal(404, (await fixture.PostAsync(Rpc.Notification("notifications/initialized"), ("Mcp-Session-Id", "x"))).Status);
        Assert.Equal(400, (await fixture.PostAsync(Rpc.Result("1", "{}"))).Status);
    }

    [Fact]
    public async Task Session_IsGone_AfterDelete()
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20251125);
        Assert.Equal(200, (await client.RequestAsync("tools/list")).Status);

        var deleted = await client.DeleteAsync();

        Assert.InRange(deleted.Status, 200, 204);
        Assert.Equal((404, -32001), ((await client.RequestAsync("tools/list")).Status, (await client.RequestAsync("tools/list")).Code));
        Assert.Equal(404, (await client.NotifyAsync("notifications/initialized")).Status);
        Assert.Equal(404, (await client.DeleteAsync()).Status);
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Session_IsUnknown_OnAnotherEndpoint()
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20251125, server: "up");

        var answer = await fixture.PostAsync(Rpc.Request("1", "tools/list"), ("Mcp-Session-Id", client.SessionId!));

        Assert.Equal((404, -32001), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("2023-01-01", 400)]
    [InlineData("garbage", 400)]
    [InlineData("2025-06-18", 200)]
    public async Task VersionHeader_IsRefused_WhenNobodyKnowsIt(string version, int status)
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20250326);

        var answer = await fixture.PostAsync(Rpc.Request("1", "tools/list"), ("Mcp-Session-Id", client.SessionId!), ("MCP-Protocol-Version", version));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Initialize_IsRefused_WithoutAVersion()
    {
        foreach (var parameters in (string[])["{}", """{"protocolVersion":5}""", """{"protocolVersion":null}"""])
        {
            var answer = await fixture.PostAsync(Rpc.Request("1", "initialize", parameters));
            Assert.Equal((-32602, "1"), (answer.Code, answer.Id));
            Assert.False(answer.Headers.ContainsKey("Mcp-Session-Id"));
        }
    }

    [Fact]
    public async Task Error_IsAnAnswerLikeAnyOther_InASession()
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20251125);

        Assert.Equal((200, -32601), await StatusAndCode(client.RequestAsync("no/such")));
        Assert.Equal((200, -32601), await StatusAndCode(client.RequestAsync("server/discover")));
        Assert.Equal((200, -32602), await StatusAndCode(client.CallAsync("nobody")));
        Assert.Equal((200, -32602), await StatusAndCode(client.RequestAsync("tools/list", """{"cursor":"x"}""")));
        Assert.Equal((200, -32602), await StatusAndCode(client.RequestAsync("logging/setLevel", """{"level":"loud"}""")));
        Assert.Equal(202, (await client.PostAsync(Rpc.Result("1", "{}"))).Status);
    }

    [Fact]
    public async Task Batch_RunsSideBySide_InASessionOf20250326()
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20250326);

        var answer = await client.PostAsync("[" + string.Join(",\n",
            Rpc.Request("1", "tools/call", Rpc.Call("up_echo")),
            Rpc.Notification("notifications/roots/list_changed"),
            Rpc.Request("\"1\"", "tools/call", Rpc.Call("hub_echo", """{"message":"two"}""")),
            Rpc.Request("2", "no/such"),
            Rpc.Result("9", "{}"),
            Rpc.Request("3", "initialize", """{"protocolVersion":"2025-03-26"}"""),
            Rpc.Request("4", "ping"),
            "5",
            "[]",
            """{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"a","name":"b"}}""") + "]");

        Assert.Equal(200, answer.Status);
        var array = System.Text.Json.JsonElement.Parse(answer.Body).EnumerateArray().ToArray();
        Assert.Equal(
            ["1 result", "\"1\" result", "2 -32601", "3 -32600", "4 result", " -32600", " -32600", "6 -32600"],
            array.Select(a => (a.TryGetProperty("id", out var id) ? id.GetRawText() : "") + " "
                + (a.TryGetProperty("error", out var error) ? error.GetProperty("code").GetRawText() : "result")));
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Batch_IsAccepted_WhenNothingInItWantsAnAnswer()
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20250326);

        var answer = await client.PostAsync("[" + Rpc.Notification("notifications/initialized") + "," + Rpc.Result("1", "{}") + "]");

        Assert.Equal((202, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Batch_RefusesModernRequests_InIt()
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20250326);

        var answer = await client.PostAsync("[" + Rpc.Request("1", "tools/call", Rpc.Call("hub_echo", """{"message":"x"}""", McpClient.ModernKeys.Trim())) + "]");

        Assert.Equal(-32600, System.Text.Json.JsonElement.Parse(answer.Body)[0].GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Batch_IsRefused_WhenEmptyOrEndless()
    {
        var client = await McpClient.ConnectAsync(fixture.Gateway, Revision.V20250326);

        Assert.Equal((400, -32600), await StatusAndCode(client.PostAsync("[]")));
        Assert.Equal((400, -32600), await StatusAndCode(client.PostAsync("[" + string.Join(',', Enumerable.Repeat("1", 100_000)) + "]")));
        Assert.Equal((400, -32700), await StatusAndCode(client.PostAsync("[" + Rpc.Request("1", "ping"))));
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Batch_IsRefused_InSessionsOfOtherRevisions(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        var client = await McpClient.ConnectAsync(fixture.Gateway, parsed);

        Assert.Equal((400, -32600), await StatusAndCode(client.PostAsync("[" + Rpc.Request("1", "ping") + "]")));
    }

    private static async Task<(int Status, int Code)> StatusAndCode(Task<HttpAnswer> pending)
    {
        var answer = await pending;
        return (answer.Status, answer.Code);
    }
}
