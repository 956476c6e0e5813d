using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using static McpHub.FunctionalTests.Tasks.TaskClient;

namespace McpHub.FunctionalTests.Tasks;

/// <summary>Tasks of servers behind the gateway, for clients of every era.</summary>
public sealed class TaskRelayTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("mcphub-").FullName;

    [Fact]
    public async Task Task_IsFollowed_UnderAnIdOfTheGateways()
    {
        const string State = """
            "status":"input_required","inputRequests":{"name":{"method":"elicitation/create","params":{"mode":"form","message":"\u00e4?"}}}
            """;
        await using var server = await TaskServer.StartAsync("inner-7", State.Trim());
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);

        var created = await client.CallAsync("s_work");
        var id = created.Result.GetProperty("taskId").GetString()!;
        Assert.DoesNotContain("inner-7", created.Body, StringComparison.Ordinal);
        Assert.Equal(TaskServer.Task("task", id, "\"status\":\"working\""), created.Result.GetRawText());

        var got = await client.RequestAsync("tasks/get", TaskIs(id));
        Assert.Equal(TaskServer.Task("complete", id, State.Trim()), got.Result.GetRawText());
        AssertRouted(server.Of("tasks/get").Single());

        const string Responses = """{"name":{"action":"accept","content":{"name":"\u00e4","n":1.0}}}""";
        var updated = await client.RequestAsync("tasks/update", "{\"taskId\":\"" + id + "\",\"inputResponses\":" + Responses + "}");
        Assert.Equal("""{"resultType":"complete"}""", updated.Result.GetRawText());
        AssertRouted(server.Of("tasks/update").Single());
        Assert.Equal(Responses, server.Of("tasks/update").Single().Params.GetProperty("inputResponses").GetRawText());

        var cancelled = await client.RequestAsync("tasks/cancel", TaskIs(id));
        Assert.Equal("""{"resultType":"complete"}""", cancelled.Result.GetRawText());
        AssertRouted(server.Of("tasks/cancel").Single());
        await gateway.StillServesAsync();

        static void AssertRouted(FakeRequest request)
        {
            Assert.Equal("inner-7", request.Params.GetProperty("taskId").GetString());
            Assert.Equal("inner-7", request.Header("Mcp-Name"));
            Assert.Equal(request.Method, request.Header("Mcp-Method"));
            Assert.Equal(TaskServer.Extension, request.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());
        }
    }

    [Fact]
    public async Task Task_IsAskedForWhereItIs_WhenTwoServersUseTheSameId()
    {
        await using var one = await TaskServer.StartAsync("1", "\"status\":\"working\"");
        await using var two = await TaskServer.StartAsync("1", "\"status\":\"cancelled\"");
        await using var gateway = await StartAsync(one.Config("one"), two.Config("two"));
        var client = await ConnectAsync(gateway);

        Assert.Equal("working", await StatusAsync(client, await CreateAsync(client, "one_work")));
        Assert.Equal("cancelled", await StatusAsync(client, await CreateAsync(client, "two_work")));
        Assert.Equal((1, 1), (one.Of("tasks/get").Count, two.Of("tasks/get").Count));
    }

    [Theory]
    [InlineData("ä and \u2028")]
    [InlineData(" spaces ")]
    public async Task Task_IsFollowed_WhateverItsIdIsMadeOf(string inner)
    {
        await using var server = await TaskServer.StartAsync(inner);
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);

        Assert.Equal("working", await StatusAsync(client, await CreateAsync(client, "s_work")));
    }

    [Fact]
    public async Task Task_IsUnknown_WhenItsIdIsNotTheGateways()
    {
        await using var server = await TaskServer.StartAsync("inner-7");
        await using var other = await TaskServer.StartAsync("8");
        await using var gateway = await StartAsync(server.Config("s"), other.Config("other"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        var asOther = await McpClient.ConnectAsync(gateway, Revision.V20260728, "other");
        asOther.Capabilities = TaskServer.Extension;

        foreach (var method in (string[])["tasks/get", "tasks/cancel"])
        {
            Assert.Equal((200, -32602), Seen(await client.RequestAsync(method, TaskIs("inner-7"))));
            Assert.Equal((200, -32602), Seen(await client.RequestAsync(method, TaskIs(id[..^1] + (id[^1] == 'A' ? 'B' : 'A')))));
            Assert.Equal((200, -32602), Seen(await client.RequestAsync(method, "{}")));
            Assert.Equal((200, -32602), Seen(await client.RequestAsync(method, """{"taskId":null}""")));
            Assert.Equal((200, -32602), Seen(await asOther.RequestAsync(method, TaskIs(id))));
            Assert.Empty(server.Of(method));
            Assert.Empty(other.Of(method));
        }

        // What the server itself does not know any more is told in its own words.
        server.On("tasks/get", x => x.ErrorAsync(-32602, "it is over"));
        Assert.Equal("it is over", (await client.RequestAsync("tasks/get", TaskIs(id))).Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task TaskMethods_AreRefused_WhenTheClientDidNotDeclareTheExtension()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        client.Capabilities = "{}";

        foreach (var method in (string[])["tasks/get", "tasks/update", "tasks/cancel"])
        {
            var answer = await client.RequestAsync(method, TaskIs(id));
            Assert.Equal((400, -32021), Seen(answer));
            Assert.Equal(
                """{"requiredCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}""", answer.Error.GetProperty("data").GetRawText());
        }

        var listening = await client.RequestAsync("subscriptions/listen", """{"notifications":{"taskIds":["x"]}}""");
        Assert.Equal((400, -32021), Seen(listening));

        // A server that answers with a task all the same breaks the rule, and the client could do nothing with it.
        Assert.Equal((200, -31012), Seen(await client.CallAsync("s_work")));
        Assert.Equal("{}", server.Of("tools/call")[^1].Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());
    }

    [Fact]
    public async Task Header_HasToNameTheTask()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");

        foreach (var name in (string?[])["another", null])
        {
            using var request = client.Request("tasks/get", TaskIs(id));
            request.Headers.Remove("Mcp-Name");
            if (name is not null)
            {
                request.Headers.Add("Mcp-Name", name);
            }

            Assert.Equal((400, -32020), Seen(await client.SendAsync(request, TestContext.Current.CancellationToken)));
        }

        Assert.Empty(server.Of("tasks/get"));
    }

    [Fact]
    public async Task RemovedMethods_AreUnknown()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);

        Assert.Equal((404, -32601), Seen(await client.RequestAsync("tasks/list")));
        Assert.Equal((404, -32601), Seen(await client.RequestAsync("tasks/result", TaskIs("1"))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Extension_IsAdvertised_WhenAServerHasIt(bool hasTasks)
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, FakeOffer.OfTools("work") with { HasTasks = hasTasks });
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var legacy = await McpClient.ConnectAsync(gateway, Revision.V20251125);

        Assert.Equal(hasTasks, client.Greeting.GetProperty("capabilities").TryGetProperty("extensions", out var extensions));
        Assert.Equal(hasTasks ? """{"io.modelcontextprotocol/tasks":{}}""" : "", hasTasks ? extensions.GetRawText() : "");
        Assert.Equal(hasTasks ? (200, -32602) : (404, -32601), Seen(await client.RequestAsync("tasks/get", TaskIs("1"))));

        Assert.False(legacy.Greeting.GetProperty("capabilities").TryGetProperty("extensions", out _));
        Assert.Equal(-32601, (await legacy.RequestAsync("tasks/get", TaskIs("1"))).Code);
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Server_IsToldOfNoExtension_WhenTheClientIsALegacyOne(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var legacy));
        await using var server = await TaskServer.StartAsync("1");
        server.OnTool("work", x => x.TextAsync("done at once"));
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await McpClient.ConnectAsync(gateway, legacy, capabilities: """{"tasks":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}""");

        var answer = await client.RequestAsync("tools/call", """{"name":"s_work","arguments":{},"task":{"ttl":60000}}""");

        Assert.Equal("done at once", answer.Text);
        var call = server.Of("tools/call").Single();
        Assert.DoesNotContain("io.modelcontextprotocol/tasks", call.Body, StringComparison.Ordinal);
        Assert.False(call.Params.TryGetProperty("task", out _));
    }

    [Fact]
    public async Task Result_NamesResources_AsTheClientKnowsThem()
    {
        const string Done = """
            "status":"completed","result":{"content":[{"type":"resource_link","uri":"file:///a","name":"a"}],"isError":true}
            """;
        var resources = FakeOffer.OfTools("work") with { HasTasks = true, Resources = ["""{"uri":"file:///a","name":"a"}"""] };
        await using var first = await FakeUpstream.StartAsync(Revision.V20260728, resources);
        await using var second = await TaskServer.StartAsync("1", Done.Trim());
        second.Offer = resources;
        await using var gateway = await StartAsync(first.Config("first"), second.Config("second"));
        var client = await ConnectAsync(gateway);

        var task = (await client.RequestAsync("tasks/get", TaskIs(await CreateAsync(client, "second_work")))).Result;

        var shown = (await client.RequestAsync("resources/list")).Result.GetProperty("resources")[1].GetProperty("uri").GetString();
        Assert.NotEqual("file:///a", shown);
        Assert.Equal(shown, task.GetProperty("result").GetProperty("content")[0].GetProperty("uri").GetString());
        Assert.True(task.GetProperty("result").GetProperty("isError").GetBoolean());
    }

    [Fact]
    public async Task Id_IsGood_AfterARestart()
    {
        await using var server = await TaskServer.StartAsync("1");
        string id;
        await using (var gateway = await StartAsync(server.Config("s")))
        {
            id = await CreateAsync(await ConnectAsync(gateway), "s_work");
        }

        await using var again = await StartAsync(server.Config("s"));
        Assert.Equal("working", await StatusAsync(await ConnectAsync(again), id));
    }

    [Fact]
    public async Task Task_IsNotUnknown_WhileItsServerIsAway()
    {
        var server = await TaskServer.StartAsync("1");
        string id;
        await using (var gateway = await StartAsync(server.Config("s")))
        {
            id = await CreateAsync(await ConnectAsync(gateway), "s_work");
        }

        await server.DisposeAsync();
        await using var again = await StartAsync(server.Config("s"));
        var answer = await (await ConnectAsync(again)).RequestAsync("tasks/get", TaskIs(id));
        Assert.Equal((200, -31010), Seen(answer));
    }

    [Fact]
    public async Task Task_WithoutAnId_IsAFaultOfTheServer()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);

        foreach (var result in (string[])["""{"resultType":"task"}""", """{"resultType":"task","taskId":1}""", """{"resultType":"task","taskId":""}"""])
        {
            server.OnTool("work", result);
            Assert.Equal((200, -31012), Seen(await client.CallAsync("s_work")));
        }
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private static string TaskIs(string id) => "{\"taskId\":\"" + id + "\"}";

    private static (int Status, int Code) Seen(HttpAnswer answer) => (answer.Status, answer.Code);

    private static async Task<string?> StatusAsync(McpClient client, string id) =>
        (await client.RequestAsync("tasks/get", TaskIs(id))).Result.GetProperty("status").GetString();

    private Task<GatewayHost> StartAsync(params UpstreamConfig[] upstreams) => GatewayHost.StartAsync(ConfigOf(_state, upstreams));
}
