using McpHub.Configuration;
using McpHub.FunctionalTests.Subscriptions;
using McpHub.Testing;
using McpHub.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static McpHub.FunctionalTests.Tasks.TaskClient;

namespace McpHub.FunctionalTests.Tasks;

/// <summary>Clients that listen to tasks, while servers go away and come back, or the clients themselves don't read.</summary>
public sealed class TaskListenRecoveryTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("mcphub-").FullName;

    [Fact]
    public async Task State_IsAskedForAndTold_AfterTheServerCouldNotBeHeard()
    {
        await using var server = await TaskServer.StartAsync("1", "\"status\":\"input_required\",\"inputRequests\":{}");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        using var stream = await ListenAsync(client, id);
        Assert.Empty(server.Of("tasks/get"));

        server.Subscriptions.Break();

        var told = await stream.ReadAsync();
        Assert.Equal((id, "input_required"), Told(told));
        Assert.False(told.GetProperty("params").TryGetProperty("resultType", out _));
        var asked = server.Of("tasks/get").Single();
        Assert.Equal("1", asked.Header("Mcp-Name"));
        Assert.Equal(TaskServer.Extension, asked.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 1, "the gateway listens again");
        server.Subscriptions.TellTask("1", "\"taskId\":\"1\",\"status\":\"failed\"");
        Assert.Equal((id, "failed"), Told(await stream.ReadAsync()));
    }

    [Fact]
    public async Task State_IsAskedForAgain_WhenTheServerCouldNotSayIt()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        using var stream = await ListenAsync(client, id);
        var asked = 0;
        server.On("tasks/get", x => Interlocked.Increment(ref asked) == 1
            ? x.ErrorAsync(-32603, "not yet")
            : x.ResultAsync(TaskServer.Task("complete", "1", "\"status\":\"completed\",\"result\":{}")));

        server.Subscriptions.Break();

        Assert.Equal((id, "completed"), Told(await stream.ReadAsync()));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Tasks_AreToldOf_WhoseServerWasAwayWhenTheClientBeganToListen()
    {
        var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        await server.DisposeAsync();
        Assert.NotEqual(0, (await client.CallAsync("s_work")).Code);
        await Patience.UntilAsync(() => gateway.Upstream("s").State.Status != UpstreamStatus.Ready, "the gateway has lost the server");

        using var stream = await ListenAsync(client, id);
        await using var again = await RestartAsync(server, "\"status\":\"completed\",\"result\":{}");

        Assert.Equal((id, "completed"), Told(await stream.ReadAsync()));
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task EndedTask_IsNotAskedForAgain()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        await Patience.UntilAsync(() => server.Subscriptions.Listens.Any(l => !l.AsksForTasks), "the gateway listens");
        var client = await ConnectAsync(gateway);
        using var stream = await ListenAsync(client, await CreateAsync(client, "s_work"));
        server.Subscriptions.TellTask("1", "\"taskId\":\"1\",\"status\":\"completed\"");
        await stream.ReadAsync();
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the server's stream has ended");

        server.Subscriptions.Break();
        await server.WaitForAsync(r => r.Method == "subscriptions/listen" && !r.Body.Contains("taskIds", StringComparison.Ordinal), count: 2);

        Assert.Empty(server.Of("tasks/get"));
        Assert.Single(server.Of("subscriptions/listen"), r => r.Body.Contains("taskIds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Listen_IsAnswered_WhenTheServerIsRemoved()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        using var stream = await ListenAsync(client, await CreateAsync(client, "s_work"));

        await gateway.Runtime.ApplyAsync(ConfigOf(_state), CancellationToken.None);

        Assert.Equal("complete", (await stream.ReadAsync()).GetProperty("result").GetProperty("resultType").GetString());
        Assert.Null(await stream.TryReadAsync());
    }

    [Fact]
    public async Task Listen_IsAnswered_WhenTheGatewayStops()
    {
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await GatewayHost.StartAsync(
            ConfigOf(_state, server.Config("s")), configure: hub => hub.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Patience.Limit));
        var client = await ConnectAsync(gateway);
        using var stream = await ListenAsync(client, await CreateAsync(client, "s_work"));

        await gateway.DisposeAsync();

        Assert.Equal("complete", (await stream.ReadAsync()).GetProperty("result").GetProperty("resultType").GetString());
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the server is asked no more");
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_IsToldOfTheNewestState_AndHoldsUpNobody()
    {
        const int Times = 2000;
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "s_work");
        using var deaf = await RawListener.OpenAsync(gateway.Url, receiveBuffer: 1024, TaskServer.ListenParams(id));
        await deaf.UntilAsync("notifications/subscriptions/acknowledged");

        // Many times what the buffers of all sockets on the way hold.
        var filler = new string('x', 32 * 1024);
        for (var i = 0; i < Times; i++)
        {
            server.Subscriptions.TellTask("1", "\"taskId\":\"1\",\"status\":\"working\",\"statusMessage\":\"" + filler + "\"");
        }

        server.Subscriptions.TellTask("1", "\"taskId\":\"1\",\"status\":\"completed\",\"result\":{}");
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the gateway has heard all of it");

        await deaf.UntilAsync("\"status\":\"completed\"");
        Assert.InRange(deaf.BytesRead, 0, Times * filler.Length / 2);
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_IsAnswered_WhenItsTasksAreTooMuchToKeep()
    {
        const int Tasks = 40;
        await using var server = await TaskServer.StartAsync("1");
        await using var gateway = await StartAsync(server.Config("s"));
        var client = await ConnectAsync(gateway);
        var ids = await CreateAsync(server, client, Tasks);
        using var deaf = await RawListener.OpenAsync(gateway.Url, receiveBuffer: 1024, TaskServer.ListenParams(ids));
        await deaf.UntilAsync("notifications/subscriptions/acknowledged");

        var filler = new string('x', 1024 * 1024);
        for (var i = 1; i <= Tasks; i++)
        {
            server.Subscriptions.TellTask("t" + i, "\"taskId\":\"t" + i + "\",\"status\":\"working\",\"statusMessage\":\"" + filler + "\"");
        }

        await Patience.UntilAsync(() => server.Subscriptions.TaskListens is [{ Unsent: 0 }], "the gateway has heard all of it");
        await deaf.UntilAsync("\"resultType\":\"complete\"");
        Assert.InRange(deaf.BytesRead, 0, Tasks * filler.Length / 2);
        await Patience.UntilAsync(() => server.Subscriptions.TaskListens.Count == 0, "the server is asked no more");
        await gateway.StillServesAsync();
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    /// <summary>Starts a server in the place of one that has ended. A test beside this one may have the port for a while.</summary>
    private static async Task<FakeUpstream> RestartAsync(FakeUpstream ended, string state)
    {
        FakeUpstream? server = null;
        await Patience.UntilAsync(
            async () =>
            {
                try
                {
                    server = await TaskServer.StartAsync("1", state, ended.Url.Port);
                }
                catch (IOException)
                {
                    // The port is in use.
                }

                return server is not null;
            },
            "the server's port is free");
        return server!;
    }

    private Task<GatewayHost> StartAsync(params UpstreamConfig[] upstreams) => GatewayHost.StartAsync(ConfigOf(_state, upstreams));
}
