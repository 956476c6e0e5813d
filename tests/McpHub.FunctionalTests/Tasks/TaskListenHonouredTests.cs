using McpHub.Bridging.Tasks;
using McpHub.Configuration;
using McpHub.Testing;
using McpHub.Upstreams;
using static McpHub.FunctionalTests.Tasks.TaskClient;

namespace McpHub.FunctionalTests.Tasks;

/// <summary>Clients that listen to tasks of which the server does not tell, or not any more, and servers to which too many listen.</summary>
public sealed class TaskListenHonouredTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("mcphub-").FullName;

    [Fact]
    public async Task Listen_IsAnswered_WhenTheServerTellsOfItsTasksNoMore()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        using var stream = await ListenAsync(client, await CreateAsync(client, "s_work"));

        server.Subscriptions.Refused = ["1"];
        server.Subscriptions.Break();

        // It is asked whether the task has only ended.
        Assert.Equal("working", Told(await stream.ReadAsync()).Status);
        Assert.Equal("complete", (await stream.ReadAsync()).GetProperty("result").GetProperty("resultType").GetString());
        Assert.Null(await stream.TryReadAsync());
    }

    [Fact]
    public async Task Listen_IsAnswered_WhenTheServerTellsOfSomeOfItsTasksNoMore()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var ids = await CreateAsync(server, client, 2);
        using var stream = await ListenAsync(client, ids);
        server.On("tasks/get", x => x.ErrorAsync(-32603, "not now"));

        server.Subscriptions.Refused = ["t1"];
        server.Subscriptions.Break();

        Assert.Equal("complete", (await stream.ReadAsync()).GetProperty("result").GetProperty("resultType").GetString());
    }

    [Fact]
    public async Task Task_ThatEndedUnheard_IsTold_AndTheOthersGoOn()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var ids = await CreateAsync(server, client, 2);
        using var stream = await ListenAsync(client, ids);
        server.On("tasks/get", x => x.Request.Params.GetProperty("taskId").GetString() == "t1"
            ? x.ResultAsync(TaskServer.Task("complete", "t1", "\"status\":\"completed\",\"result\":{}"))
            : x.ResultAsync(TaskServer.Task("complete", "t2", "\"status\":\"working\"")));

        server.Subscriptions.Refused = ["t1"];
        server.Subscriptions.Break();

        Assert.Equal((ids[0], "completed"), Told(await stream.ReadAsync()));
        Assert.Equal((ids[1], "working"), Told(await stream.ReadAsync()));
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 1, "the gateway listens again");
        server.Subscriptions.TellTask("t2", "\"taskId\":\"t2\",\"status\":\"failed\"");
        Assert.Equal((ids[1], "failed"), Told(await stream.ReadAsync()));
    }

    [Fact]
    public async Task Task_ThatIsNotHonoured_KeepsNothingOpen_AndIsNotAskedFor()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        server.Subscriptions.Refused = ["t1"];
        var ids = await CreateAsync(server, client, 2);
        using var stream = await MessageStream.ListenAsync(client, TaskServer.FilterOf(ids));
        Assert.Equal(
            TaskServer.FilterOf(ids[1]), (await stream.ReadAsync()).GetProperty("params").GetProperty("notifications").GetRawText());

        server.Subscriptions.TellTask("t2", "\"taskId\":\"t2\",\"status\":\"completed\"");

        Assert.Equal((ids[1], "completed"), Told(await stream.ReadAsync()));
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the server's stream has ended");
        Assert.Empty(server.Of("tasks/get"));
    }

    [Fact]
    public async Task Listen_IsRefused_WhenTooManyListenToTheServersTasks()
    {
        var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");

        // Of a server that is away they cost nothing.
        await server.DisposeAsync();
        Assert.NotEqual(0, (await client.CallAsync("s_work")).Code);
        await Patience.UntilAsync(() => gateway.Upstream("s").State.Status != UpstreamStatus.Ready, "the gateway has lost the server");
        var watches = Enumerable.Range(0, Upstream.MostTaskWatches).Select(_ => gateway.Upstream("s").TryWatch(["1"], new Nobody())!).ToArray();
        Assert.DoesNotContain(null, watches);

        var refused = await client.RequestAsync("subscriptions/listen", "{\"notifications\":" + TaskServer.FilterOf(id) + "}");
        Assert.Equal((503, -31004), (refused.Status, refused.Code));
        Assert.Contains("server 's'", refused.Error.GetProperty("message").GetString(), StringComparison.Ordinal);

        await watches[0].DisposeAsync();
        using (await ListenAsync(client, id))
        {
        }

        await Task.WhenAll(watches[1..].Select(w => w.DisposeAsync().AsTask()));
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private Task<GatewayHost> StartAsync(UpstreamConfig upstream) => GatewayHost.StartAsync(ConfigOf(_state, upstream));

    private sealed class Nobody : ITaskWatcher
    {
        public void OnTask(string id, ReadOnlySpan<byte> task)
        {
        }

        public void OnEnded()
        {
        }
    }
}
