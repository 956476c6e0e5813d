using System.Text.Json;
using McpHub.Bridging.Tasks;
using McpHub.Configuration;
using McpHub.FunctionalTests.Subscriptions;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using static McpHub.FunctionalTests.Tasks.TaskClient;

namespace McpHub.FunctionalTests.Tasks;

/// <summary><c>taskIds</c> of <c>subscriptions/listen</c>: clients are told of tasks of servers behind the gateway (tasks extension, "Notifications").</summary>
public sealed class TaskListenTests : IDisposable
{
    private const string Dates = "\"createdAt\":\"2026-08-01T10:30:00Z\",\"lastUpdatedAt\":\"2026-08-01T10:31:00Z\",\"ttlMs\":null";

    private readonly string _state = Directory.CreateTempSubdirectory("mcphub-").FullName;

    [Fact]
    public async Task Client_IsToldOfItsTask_UnderTheIdThatItKnows()
    {
        await using var server = await TaskServer.StartAsync("inner-7");
        await using var gateway = await StartAsync(server.Config("s"));
        await Patience.UntilAsync(() => server.Subscriptions.Listens.Any(l => !l.AsksForTasks), "the gateway listens");
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        using var stream = await MessageStream.ListenAsync(client, "{\"toolsListChanged\":true,\"taskIds\":[\"" + id + "\",\"" + id + "\"]}", "7");
        Assert.Equal("{\"toolsListChanged\":true,\"taskIds\":[\"" + id + "\"]}", Honoured(await stream.ReadAsync()));
        var listen = server.Subscriptions.TaskListens.Single();
        Assert.Equal("""{"taskIds":["inner-7"]}""", listen.Request.Params.GetProperty("notifications").GetRawText());
        Assert.Equal(TaskServer.Extension, listen.Request.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());

        foreach (var state in (string[])["\"status\":\"working\",\"x\":{\"y\":1.0}", "\"status\":\"completed\",\"result\":{\"content\":[]}"])
        {
            server.Subscriptions.TellTask("inner-7", "\"taskId\":\"inner-7\"," + state + "," + Dates);
            Assert.Equal(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tasks\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":7},\"taskId\":\""
                    + id + "\"," + state + "," + Dates + "}}",
                (await stream.ReadAsync()).GetRawText());
        }

        // The stream to the server was for nothing else; the client's own goes on.
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the server's stream ends with its tasks");
        await server.Subscriptions.TellAsync("notifications/tools/list_changed");
        Assert.Equal("notifications/tools/list_changed", (await stream.ReadAsync()).GetProperty("method").GetString());
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Client_IsToldOfResources_AsItKnowsThem()
    {
        var offer = FakeOffer.OfTools("work") with { HasTasks = true, HasSubscriptions = true, Resources = ["""{"uri":"file:///a","name":"a"}"""] };
        await using var first = await FakeUpstream.StartAsync(Revision.V20260728, offer);
        await using var second = await TaskServer.StartAsync("1");
        second.Offer = offer;
        await using var gateway = await StartAsync(first.Config("first"), second.Config("second"));
        var client = await ConnectAsync(gateway);
        using var stream = await MessageStream.ListenAsync(client, TaskServer.FilterOf(await CreateAsync(client, "second_work")));
        await stream.ReadAsync();

        second.Subscriptions.TellTask("1", """
            "taskId":"1","status":"completed","result":{"content":[{"type":"resource_link","uri":"file:///a","name":"a"}]}
            """.Trim());

        var shown = (await client.RequestAsync("resources/list")).Result.GetProperty("resources")[1].GetProperty("uri").GetString();
        Assert.NotEqual("file:///a", shown);
        var result = (await stream.ReadAsync()).GetProperty("params").GetProperty("result");
        Assert.Equal(shown, result.GetProperty("content")[0].GetProperty("uri").GetString());
    }

    [Fact]
    public async Task Clients_AreToldOfNothing_ThatTheyDidNotAskFor()
    {
        await using var one = await TaskServer.StartAsync("1");
        await using var two = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(one.Config("one"), two.Config("two"));
        var client = await ConnectAsync(gateway);
        var (ofOne, ofTwo) = (await CreateAsync(client, "one_work"), await CreateAsync(client, "two_work"));
        using var first = await MessageStream.ListenAsync(client, TaskServer.FilterOf(ofOne));
        using var both = await MessageStream.ListenAsync(client, TaskServer.FilterOf(ofTwo, ofOne));
        await first.ReadAsync();
        Assert.Equal(TaskServer.FilterOf(ofTwo, ofOne), Honoured(await both.ReadAsync()));

        two.Subscriptions.TellTask("1", "\"taskId\":\"1\",\"status\":\"failed\"");
        Assert.Equal((ofTwo, "failed"), Told(await both.ReadAsync()));
        one.Subscriptions.TellTask("1", "\"taskId\":\"another\",\"status\":\"working\"");
        one.Subscriptions.TellTask("1", "\"taskId\":\"1\",\"status\":\"cancelled\"");

        Assert.Equal((ofOne, "cancelled"), Told(await both.ReadAsync()));
        Assert.Equal((ofOne, "cancelled"), Told(await first.ReadAsync()));
    }

    [Fact]
    public async Task Task_IsToldUnderEachOfItsIds()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var (one, other) = (await CreateAsync(client, "s_work"), await CreateAsync(client, "s_work"));
        Assert.NotEqual(one, other);
        using var stream = await MessageStream.ListenAsync(client, TaskServer.FilterOf(one, other));
        Assert.Equal(TaskServer.FilterOf(one, other), Honoured(await stream.ReadAsync()));
        Assert.Equal(["1"], server.Subscriptions.TaskListens.Single().TaskIds);

        server.Subscriptions.TellTask("1", "\"taskId\":\"1\",\"status\":\"input_required\"");

        Assert.Equal((one, "input_required"), Told(await stream.ReadAsync()));
        Assert.Equal((other, "input_required"), Told(await stream.ReadAsync()));
    }

    [Fact]
    public async Task Client_OverStdio_IsToldOfTasks_OfAServerOverStdio()
    {
        await using var server = await ChangingServer.StartAsync(ServerKind.ModernStdio);
        await using var gateway = await StartAsync(server.Config);
        await using var client = gateway.OpenStdio();
        var created = await client.AskAsync(Rpc.Request(
            "1", "tools/call", """{"name":"s_confirm_delete","arguments":{"filename":"a"},""" + TaskServer.Meta + "}"));
        var id = created.GetProperty("result").GetProperty("taskId").GetString()!;
        var acknowledged = await client.AskAsync(Rpc.Request("\"l\"", "subscriptions/listen", TaskServer.ListenParams(id)));
        Assert.Equal(TaskServer.FilterOf(id), Honoured(acknowledged));

        await client.SendAsync(Rpc.Request(
            "2", "tasks/update", "{\"taskId\":\"" + id + "\",\"inputResponses\":{\"confirm\":{\"action\":\"accept\",\"content\":{\"confirm\":true}}}," + TaskServer.Meta + "}"));

        // The answer to the update stands somewhere between, and so may an earlier state.
        JsonElement message;
        do
        {
            message = await client.ReadAsync();
        }
        while (message.TryGetProperty("id", out _) || Told(message).Status != "completed");
        var told = message.GetProperty("params");
        Assert.Equal(id, told.GetProperty("taskId").GetString());
        Assert.Equal("l", told.GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetString());
        Assert.Equal("Deleted a.", told.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Empty(gateway.Log.Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_IsAskedNoMore_WhenTheClientListensNoMore(bool isHttp)
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        var filter = TaskServer.FilterOf(id);
        await using var stdio = gateway.OpenStdio();
        using (var stream = isHttp ? await MessageStream.ListenAsync(client, filter) : null)
        {
            Assert.Equal(filter, Honoured(isHttp ? await stream!.ReadAsync()
                : await stdio.AskAsync(Rpc.Request("1", "subscriptions/listen", TaskServer.ListenParams(id)))));
            Assert.Single(server.Subscriptions.TaskListens);
        }

        await stdio.SendAsync(Rpc.Notification("notifications/cancelled", "{\"requestId\":1}"));

        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the server's stream ends with the client's");
        await Patience.UntilAsync(() => gateway.Listeners == 0, "the request has ended");
        Assert.True(await stdio.IsNextPongAsync("2") || isHttp);
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task Tasks_AreNotHonoured_ThatTheServerDoesNotTellOf()
    {
        await using var server = await TaskServer.StartAsync("1");
        server.Subscriptions.Refused = ["1"];
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var filter = "{\"toolsListChanged\":true,\"taskIds\":[\"" + await CreateAsync(client, "s_work") + "\"]}";

        using (var silent = await MessageStream.ListenAsync(client, filter))
        {
            Assert.Equal("""{"toolsListChanged":true}""", Honoured(await silent.ReadAsync()));
            await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the server is asked no more");
        }

        server.On("subscriptions/listen", x => x.ErrorAsync(-32602, "no such task"));
        using var refusing = await MessageStream.ListenAsync(client, filter);
        Assert.Equal("""{"toolsListChanged":true}""", Honoured(await refusing.ReadAsync()));
    }

    [Fact]
    public async Task Listen_IsRefused_WhenAnIdIsNotTheCallersOwn()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var other = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"), other.Config("other"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        var asOther = await McpClient.ConnectAsync(gateway, Revision.V20260728, "other");
        asOther.Capabilities = TaskServer.Extension;
        var own = "{\"notifications\":" + TaskServer.FilterOf(id) + "}";
        var ofAnother = gateway.Services.GetRequiredService<TaskIds>().Seal(new TaskAddress("s", "1"), "another caller");

        foreach (var value in (string[])["[\"" + id + "\",\"1\"]", "[1]", "\"" + id + "\"", "[\"" + id + "x\"]", "[\"" + ofAnother + "\"]"])
        {
            var answer = await client.RequestAsync("subscriptions/listen", "{\"notifications\":{\"taskIds\":" + value + "}}");
            Assert.Equal((-32602, "application/json"), (answer.Code, answer.ContentType));
            Assert.Contains("taskIds", answer.Body, StringComparison.Ordinal);
        }

        // The endpoint of another server has nothing of this one.
        Assert.Equal(-32602, (await asOther.RequestAsync("subscriptions/listen", own)).Code);
        client.Capabilities = "{}";
        Assert.Equal(-32021, (await client.RequestAsync("subscriptions/listen", own)).Code);
        Assert.DoesNotContain(server.Of("subscriptions/listen"), r => r.Body.Contains("taskIds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Listen_IsRefused_WithMoreTasksThanOneRequestMayName()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var ids = new List<string>();
        for (var i = 0; i <= 100; i++)
        {
            ids.Add(await CreateAsync(client, "s_work"));
        }

        var refused = await client.RequestAsync("subscriptions/listen", "{\"notifications\":" + TaskServer.FilterOf(ids) + "}");
        Assert.Equal((503, -31004), (refused.Status, refused.Code));
        Assert.Contains("100", refused.Body, StringComparison.Ordinal);

        using var stream = await MessageStream.ListenAsync(client, TaskServer.FilterOf(ids.Skip(1)));
        Assert.Equal(TaskServer.FilterOf(ids.Skip(1)), Honoured(await stream.ReadAsync()));
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private static string Honoured(JsonElement acknowledgement) => acknowledgement.GetProperty("params").GetProperty("notifications").GetRawText();

    private Task<GatewayHost> StartAsync(params UpstreamConfig[] upstreams) => GatewayHost.StartAsync(ConfigOf(_state, upstreams));
}
