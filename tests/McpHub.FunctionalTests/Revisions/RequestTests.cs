using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Revisions;

/// <summary>Everything but calls between all revisions: prompts, resources, completion, ping, progress, cancellation, logs.</summary>
public sealed class RequestTests
{
    private static readonly FakeOffer Offer = new()
    {
        Tools = ["""{"name":"work","inputSchema":{"type":"object"}}"""],
        Prompts = ["""{"name":"plan"}"""],
        Resources = ["""{"uri":"file:///a","name":"a"}"""],
        ResourceTemplates = ["""{"uriTemplate":"file:///{path}","name":"any"}"""],
        HasCompletions = true,
        HasLogging = true,
    };

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Prompt_IsGot(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.On("prompts/get", x => x.ResultAsync(
            "{" + (f.Revision.IsModern() ? "\"resultType\":\"complete\"," : "")
            + "\"description\":\"d\",\"messages\":" + """[{"role":"user","content":{"type":"resource_link","uri":"a:b","name":"n"}},{"role":"assistant","content":{"type":"text","text":"\u00e4","x":1.0}}]""" + "}")));

        var result = (await pair.Client.RequestAsync("prompts/get", """{"name":"s_plan","arguments":{"topic":"\u00e4"}}""")).Result;

        Assert.Equal("d", result.GetProperty("description").GetString());
        Assert.Equal(pair.IsVerbatim || pair.ClientHas(Revision.V20250618) ? "resource_link" : "text", result.GetProperty("messages")[0].GetProperty("content").GetProperty("type").GetString());
        Assert.Equal("""{"type":"text","text":"\u00e4","x":1.0}""", result.GetProperty("messages")[1].GetProperty("content").GetRawText());
        Assert.Equal(pair.ClientRevision.IsModern(), result.TryGetProperty("resultType", out _));
        Assert.False(result.TryGetProperty("ttlMs", out _));
        var got = pair.Server.Of("prompts/get").Single();
        Assert.Equal(("plan", """{"topic":"\u00e4"}"""), (got.Params.GetProperty("name").GetString(), got.Params.GetProperty("arguments").GetRawText()));
        Assert.Equal(pair.ServerRevision.IsModern() ? "plan" : null, got.Header("Mcp-Name"));
        Assert.Equal(-32602, (await pair.Client.RequestAsync("prompts/get", """{"name":"nobody"}""")).Code);
        pair.AssertServerWasSpokenToWell();
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Resource_IsRead(string client, string server)
    {
        const string Contents = """[{"uri":"file:///a","text":"\u00e4","x":1.0},{"uri":"file:///b","mimeType":"image/png","blob":"aGk="}]""";
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.On("resources/read", x => x.ResultAsync(
            f.Revision.IsModern() ? "{\"resultType\":\"complete\",\"contents\":" + Contents + ",\"ttlMs\":7,\"cacheScope\":\"public\"}" : "{\"contents\":" + Contents + "}")));

        foreach (var uri in (string[])["file:///a", "file:///by-template", "other:unlisted"])
        {
            var result = (await pair.Client.RequestAsync("resources/read", "{\"uri\":\"" + uri + "\"}")).Result;
            Assert.Equal(Contents, result.GetProperty("contents").GetRawText());
            Assert.Equal(pair.ClientRevision.IsModern(), result.TryGetProperty("ttlMs", out var ttl));
            Assert.Equal(pair.ClientRevision.IsModern(), result.TryGetProperty("cacheScope", out var scope));
            if (pair.ClientRevision.IsModern())
            {
                Assert.Equal(pair.ServerRevision.IsModern() ? (7, "public") : (0, "private"), (ttl.GetInt32(), scope.GetString()));
            }
        }

        Assert.Equal(["file:///a", "file:///by-template", "other:unlisted"], pair.Server.Of("resources/read").Select(r => r.Params.GetProperty("uri").GetString()));
        Assert.All(pair.Server.Of("resources/read"), r => Assert.Equal(pair.ServerRevision.IsModern() ? r.Params.GetProperty("uri").GetString() : null, r.Header("Mcp-Name")));
        pair.AssertServerWasSpokenToWell();
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Resource_IsNotFound_WithTheCodeOfTheClientsRevision(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.On(
            "resources/read", x => x.ErrorAsync(f.Revision.IsModern() ? -32602 : -32002, "Resource not found", "{\"uri\":\"file:///none\"}")));

        var answer = await pair.Client.RequestAsync("resources/read", """{"uri":"file:///none"}""");

        Assert.Equal((200, pair.ClientRevision.IsModern() ? -32602 : -32002), (answer.Status, answer.Code));
        Assert.Equal("file:///none", answer.Error.GetProperty("data").GetProperty("uri").GetString());
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Completion_IsAskedOfTheOwner(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.On(
            "completion/complete", x => x.ResultAsync("{" + (f.Revision.IsModern() ? "\"resultType\":\"complete\"," : "") + "\"completion\":{\"values\":[\"x\"],\"total\":1,\"hasMore\":false}}")));
        foreach (var (reference, owned) in ((string, string)[])
        [
            ("""{"type":"ref/prompt","name":"s_plan","title":"t"}""", """{"type":"ref/prompt","name":"plan","title":"t"}"""),
            ("""{"type":"ref\/prompt","name":"s_plan"}""", """{"type":"ref\/prompt","name":"plan"}"""),
            ("""{"type":"ref/resource","uri":"file:///{path}"}""", """{"type":"ref/resource","uri":"file:///{path}"}"""),
        ])
        {
            var result = (await pair.Client.RequestAsync(
                "completion/complete", "{\"ref\":" + reference + ",\"argument\":{\"name\":\"a\",\"value\":\"\\u00e4\"},\"context\":{\"arguments\":{\"b\":\"c\"}}}")).Result;
            Assert.Equal("""{"values":["x"],"total":1,"hasMore":false}""", result.GetProperty("completion").GetRawText());
            Assert.Equal(pair.ClientRevision.IsModern(), result.TryGetProperty("resultType", out _));
            var got = pair.Server.Of("completion/complete")[^1].Params;
            Assert.Equal(owned, got.GetProperty("ref").GetRawText());
            Assert.Equal("""{"name":"a","value":"\u00e4"}""", got.GetProperty("argument").GetRawText());
            Assert.Equal(pair.ServerRevision >= Revision.V20250618, got.TryGetProperty("context", out _));
        }

        Assert.Equal(-32602, (await pair.Client.RequestAsync("completion/complete", """{"ref":{"type":"ref/prompt","name":"none"},"argument":{"name":"a","value":""}}""")).Code);
        pair.AssertServerWasSpokenToWell();
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Ping_IsAnsweredByTheGateway(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer);

        var answer = await pair.Client.RequestAsync("ping");

        Assert.Equal(pair.ClientRevision.IsModern() ? 404 : 200, answer.Status);
        Assert.Equal(pair.ClientRevision.IsModern() ? -32601 : 0, answer.Code);
        Assert.Empty(pair.Server.Of("ping"));
        Assert.Equal(202, (await pair.Client.NotifyAsync("notifications/roots/list_changed")).Status);
        Assert.Empty(pair.Server.Of("notifications/roots/list_changed"));
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Progress_ComesUnderTheClientsToken_AndOnlyGrows(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.OnTool("work", async x =>
        {
            var token = x.Request.Meta("progressToken").GetRawText();
            foreach (var progress in (string[])["0.5,\"message\":\"half\",\"total\":2.0", "0.5", "0.1", "\"x\"", "1,\"x\":1.0"])
            {
                await x.NotifyAsync("notifications/progress", "{\"progressToken\":" + token + ",\"progress\":" + progress + "}");
            }

            await x.NotifyAsync("notifications/progress", "{\"progressToken\":\"somebody else's\",\"progress\":5}");
            await x.TextAsync("done");
        }));
        foreach (var token in (string[])["\"p\"", "7", "\"7\"", "-1"])
        {
            var answer = await pair.Client.CallAsync("s_work", meta: "\"progressToken\":" + token);

            Assert.True(answer.IsStream);
            Assert.Equal("no", answer.Headers["X-Accel-Buffering"]);
            Assert.Equal("done", answer.Result.GetProperty("content")[0].GetProperty("text").GetString());
            var progress = answer.Notifications.Select(n => n.GetProperty("params")).ToArray();
            Assert.All(progress, p => Assert.Equal(token, p.GetProperty("progressToken").GetRawText()));
            Assert.Equal("0.5", progress[0].GetProperty("progress").GetRawText());
            Assert.Equal("2.0", progress[0].GetProperty("total").GetRawText());
            Assert.Equal(pair.ClientHas(Revision.V20250326), progress[0].TryGetProperty("message", out _));
            Assert.Equal("1.0", progress[1].GetProperty("x").GetRawText());
        }

        Assert.Equal(4, pair.Server.Of("tools/call").Select(c => c.Meta("progressToken").GetRawText()).Distinct().Count());
        var silent = await pair.Client.CallAsync("s_nobody");
        Assert.False(silent.IsStream);
    }

    [Theory]
    [MemberData(nameof(RevisionPair.LegacyClients), MemberType = typeof(RevisionPair))]
    public async Task Cancel_ReachesTheServer_AsItsEraHasIt(string client, string server)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.OnTool("work", async x =>
        {
            await x.HangAsync();
            ended.TrySetResult();
        }));
        var running = pair.Client.CallAsync("s_work", id: "\"c\"");
        var call = await pair.Server.WaitForAsync("tools/call");

        // Not this one: an id is of its type, too.
        await pair.Client.NotifyAsync("notifications/cancelled", """{"requestId":"other"}""");
        Assert.Equal(202, (await pair.Client.NotifyAsync("notifications/cancelled", """{"requestId":"c","reason":"enough"}""")).Status);

        Assert.Equal(-31015, (await running).Code);
        if (pair.ServerRevision.IsModern())
        {
            await ended.Task.WithinLimitAsync("the closed stream");
        }
        else
        {
            var cancel = await pair.Server.WaitForAsync("notifications/cancelled");
            Assert.Equal(call.Id, cancel.Params.GetProperty("requestId").GetRawText());
        }
    }

    [Theory]
    [MemberData(nameof(RevisionPair.LegacyClients), MemberType = typeof(RevisionPair))]
    public async Task Disconnect_IsNoCancel_OfALegacyClient(string client, string server)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isAborted = true;
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.OnTool("work", async x =>
        {
            await go.Task;
            isAborted = x.Aborted.IsCancellationRequested;
            await x.TextAsync("done");
            finished.SetResult();
        }));
        using var leaving = new CancellationTokenSource();
        using var request = pair.Client.Request("tools/call", Rpc.Call("s_work"));
        var running = pair.Client.SendAsync(request, leaving.Token);
        await pair.Server.WaitForAsync("tools/call");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        // Whatever the gateway does about it, it has done before it answers this.
        await pair.Client.RequestAsync("tools/list");
        go.SetResult();

        await finished.Task.WithinLimitAsync("the call to finish");
        Assert.False(isAborted);
        Assert.Empty(pair.Server.Of("notifications/cancelled"));
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Logs_ComeFromTheLevelThatTheClientAskedFor(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer, f => f.OnTool("work", async x =>
        {
            foreach (var level in (string[])["debug", "warning", "error", "no-level"])
            {
                await x.NotifyAsync("notifications/message", "{\"level\":\"" + level + "\",\"logger\":\"l\",\"data\":{\"n\":1.0}}");
            }

            await x.TextAsync("done");
        }));
        const string Wanted = "\"io.modelcontextprotocol/logLevel\":\"warning\"";
        if (!pair.ClientRevision.IsModern())
        {
            Assert.Equal("{}", (await pair.Client.RequestAsync("logging/setLevel", """{"level":"warning"}""")).Result.GetRawText());
        }

        for (var i = 0; i < 2; i++)
        {
            var answer = await pair.Client.CallAsync("s_work", meta: pair.ClientRevision.IsModern() ? Wanted : "");
            Assert.Equal(["warning", "error"], answer.Notifications.Select(n => n.GetProperty("params").GetProperty("level").GetString()));
            Assert.All(answer.Notifications, n => Assert.Equal("""{"n":1.0}""", n.GetProperty("params").GetProperty("data").GetRawText()));
        }

        if (pair.ServerRevision.IsModern())
        {
            Assert.Empty(pair.Server.Of("logging/setLevel"));
            Assert.All(pair.Server.Of("tools/call"), c => Assert.Equal("warning", c.Meta("io.modelcontextprotocol/logLevel").GetString()));
        }
        else
        {
            Assert.Equal("warning", pair.Server.Of("logging/setLevel").Single().Params.GetProperty("level").GetString());
        }

        if (pair.ClientRevision.IsModern())
        {
            Assert.False((await pair.Client.CallAsync("s_work")).IsStream);
            Assert.Equal(JsonValueKind.Undefined, pair.Server.Of("tools/call")[^1].Meta("io.modelcontextprotocol/logLevel").ValueKind);
        }
    }
}
