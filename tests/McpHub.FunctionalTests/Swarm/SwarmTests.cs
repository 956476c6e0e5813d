using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Swarm;

/// <summary>The pack of tools <c>swarm</c>, as its clients see it.</summary>
public sealed class SwarmTests : IDisposable
{
    private static readonly string[] Tools =
    [
        "create_swarm_agent", "list_swarm_agents", "get_swarm_agent", "assign_swarm_task",
        "complete_swarm_task", "list_swarm_tasks", "scale_swarm", "get_swarm_status",
    ];

    private readonly string _state = Directory.CreateTempSubdirectory("mcphub-").FullName;

    [Fact]
    public async Task Pack_IsListed_WhereTheConfigurationNamesIt()
    {
        await using var without = await GatewayHost.StartAsync(new HubConfig { Gateway = new GatewayConfig { State = new StateConfig { Path = _state } } });
        Assert.DoesNotContain(without.Catalog.Root.Content.Tools, t => Tools.Contains(t.Name));
        Assert.Empty(Directory.GetFiles(_state));

        await using var with = await StartAsync();
        Assert.Equal(Tools.Order(), with.Catalog.Root.Content.Tools.Where(t => t.Category.EndsWith("_management", StringComparison.Ordinal) || t.Category == "swarm_control").Select(t => t.Name).Order());
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2026-07-28")]
    public async Task Work_IsGivenOut_AndDone(string revision)
    {
        await using var gateway = await StartAsync();
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        var client = await McpClient.ConnectAsync(gateway, parsed);

        var ada = await CallAsync(client, "create_swarm_agent", """{"name":"Ada \u00e4","role":"thinker","capabilities":["math"]}""");
        var bob = await CallAsync(client, "create_swarm_agent", """{"name":"Bob"}""");
        Assert.Equal(("Ada ä", "thinker", "idle"), (Text(ada, "name"), Text(ada, "role"), Text(ada, "status")));
        Assert.Equal("worker", Text(bob, "role"));

        var first = await CallAsync(client, "assign_swarm_task", """{"description":"prove it","capability":"math","priority":9}""");
        Assert.Equal(Text(ada, "agentId"), Text(first, "agentId"));
        var second = await CallAsync(client, "assign_swarm_task", """{"description":"carry it"}""");
        Assert.Equal(Text(bob, "agentId"), Text(second, "agentId"));
        Assert.Equal("busy", Text(await CallAsync(client, "get_swarm_agent", $$"""{"agentId":"{{Text(bob, "agentId")}}"}"""), "status"));
        Assert.Equal([Text(first, "taskId"), Text(second, "taskId")], Ids(await CallAsync(client, "list_swarm_tasks", "{}"), "tasks", "taskId"));

        var done = await CallAsync(client, "complete_swarm_task", $$"""{"taskId":"{{Text(first, "taskId")}}","result":"QED"}""");
        Assert.Equal(("completed", "QED"), (Text(done, "status"), Text(done, "result")));
        var failed = await CallAsync(client, "complete_swarm_task", $$"""{"taskId":"{{Text(second, "taskId")}}","failed":true}""");
        Assert.Equal("failed", Text(failed, "status"));

        var status = await CallAsync(client, "get_swarm_status", "{}");
        Assert.Equal(
            [2, 2, 0, 0, 1, 1],
            new[] { "agents", "idle", "busy", "tasksAssigned", "tasksCompleted", "tasksFailed" }.Select(n => status.GetProperty(n).GetInt32()));
    }

    [Fact]
    public async Task Scaling_RemovesIdleAgentsOnly()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);
        var up = await CallAsync(client, "scale_swarm", """{"count":3,"role":"r"}""");
        Assert.Equal(3, up.GetProperty("created").GetArrayLength());
        var busy = Text(await CallAsync(client, "assign_swarm_task", """{"description":"x"}"""), "agentId");

        var down = await CallAsync(client, "scale_swarm", """{"count":0,"role":"r"}""");

        Assert.Equal(1, down.GetProperty("agents").GetInt32());
        Assert.Equal([busy], Ids(await CallAsync(client, "list_swarm_agents", """{"role":"r"}"""), "agents", "agentId"));
    }

    [Fact]
    public async Task Readings_AreKept_AndNeverOlderThanTheLastWriting()
    {
        var told = new Subscriber();
        await using var gateway = await GatewayHost.StartAsync(
            new HubConfig
            {
                Gateway = new GatewayConfig { Packs = ["swarm"], State = new StateConfig { Path = _state }, Cache = new CacheConfig { Enabled = true } },
            },
            configure: builder => builder.Services.AddSingleton<ICacheEventSubscriber<ICacheEvent>>(told));
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        var agents = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            agents.Add(Text(await CallAsync(client, "create_swarm_agent", """{"name":"a"}"""), "agentId"));
            Assert.Equal(agents, Ids(await CallAsync(client, "list_swarm_agents", "{}"), "agents", "agentId"));
            Assert.Equal(i + 1, (await CallAsync(client, "get_swarm_status", "{}")).GetProperty("agents").GetInt32());

            var get = "{\"agentId\":\"" + agents[i] + "\"}";
            Assert.Equal("idle", Text(await CallAsync(client, "get_swarm_agent", get), "status"));
            var task = Text(await CallAsync(client, "assign_swarm_task", "{\"description\":\"x\",\"agentId\":\"" + agents[i] + "\"}"), "taskId");
            Assert.Equal("busy", Text(await CallAsync(client, "get_swarm_agent", get), "status"));
            await CallAsync(client, "complete_swarm_task", "{\"taskId\":\"" + task + "\"}");
            Assert.Equal("idle", Text(await CallAsync(client, "get_swarm_agent", get), "status"));

            // What nothing has changed is not asked of the database again.
            var hits = await HitsAsync(client);
            await CallAsync(client, "get_swarm_agent", get);
            await CallAsync(client, "list_swarm_agents", "{}");
            await CallAsync(client, "list_swarm_agents", "{}");
            Assert.Equal(hits + 2, await HitsAsync(client));
        }

        await CallAsync(client, "scale_swarm", """{"count":0}""");
        Assert.Empty(Ids(await CallAsync(client, "list_swarm_agents", "{}"), "agents", "agentId"));
        var gone = await client.CallAsync("get_swarm_agent", "{\"agentId\":\"" + agents[0] + "\"}");
        Assert.True(gone.Result.GetProperty("isError").GetBoolean());
        Assert.Equal(
            ["AgentCreated", "TaskAssigned", "TaskCompleted", "SwarmScaled"],
            told.Events.Select(e => e.GetType().Name).Where(n => !n.StartsWith("Lists", StringComparison.Ordinal) && n != "CacheInvalidated").Distinct());
    }

    [Fact]
    public async Task Mistakes_AreTold_AndChangeNothing()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        await CallAsync(client, "create_swarm_agent", """{"name":"a"}""");
        var task = Text(await CallAsync(client, "assign_swarm_task", """{"description":"x"}"""), "taskId");
        await CallAsync(client, "complete_swarm_task", $$"""{"taskId":"{{task}}"}""");

        foreach (var (tool, arguments, error) in ((string, string, string)[])
        [
            ("create_swarm_agent", """{"name":" "}""", "'name' is empty."),
            ("create_swarm_agent", $$"""{"name":"{{new string('n', 101)}}"}""", "'name' has 101 characters; 100 is the most."),
            ("create_swarm_agent", """{"name":"a","capabilities":[null]}""", "'capabilities' is empty."),
            ("create_swarm_agent", """{"name":"a","role":null}""", "'role' is empty."),
            ("list_swarm_tasks", """{"limit":501}""", "'limit' is 501; it has to be 1 to 500."),
            ("get_swarm_agent", """{"agentId":"agent-0"}""", "There is no agent 'agent-0'."),
            ("assign_swarm_task", """{"description":"x","agentId":"nobody"}""", "There is no agent 'nobody'."),
            ("assign_swarm_task", """{"description":"x","capability":"fly"}""", "No agent is capable of 'fly'."),
            ("assign_swarm_task", """{"description":"x","priority":10}""", "'priority' is 10; it has to be 0 to 9."),
            ("complete_swarm_task", """{"taskId":"task-0"}""", "There is no task 'task-0'."),
            ("complete_swarm_task", $$"""{"taskId":"{{task}}"}""", $"The task '{task}' has already completed."),
            ("list_swarm_tasks", """{"status":"open"}""", "'status' is 'open'; it has to be one of assigned, completed, failed."),
            ("scale_swarm", """{"count":1001}""", "'count' is 1001; it has to be 0 to 1000."),
        ])
        {
            var answer = await client.CallAsync(tool, arguments);
            Assert.True(answer.Result.GetProperty("isError").GetBoolean());
            Assert.Equal(error, answer.Text);
        }

        Assert.Equal(1, (await CallAsync(client, "get_swarm_status", "{}")).GetProperty("agents").GetInt32());
    }

    [Fact]
    public async Task Tasks_AreListedInTheOrderOfTheirTurn_PageByPage_AndTheOldestEndedOnesMakeRoom()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        await CallAsync(client, "create_swarm_agent", """{"name":"a"}""");
        for (var i = 0; i < 1003; i++)
        {
            var task = Text(await CallAsync(client, "assign_swarm_task", "{\"description\":\"" + i + "\"}"), "taskId");
            await CallAsync(client, "complete_swarm_task", "{\"taskId\":\"" + task + "\"}");
        }

        foreach (var priority in (int[])[3, 9, 5])
        {
            await CallAsync(client, "assign_swarm_task", "{\"description\":\"p" + priority + "\",\"priority\":" + priority + "}");
        }

        var first = await CallAsync(client, "list_swarm_tasks", """{"limit":4}""");
        Assert.Equal(["p9", "p5", "p3"], Ids(first, "tasks", "description").Take(3));
        var all = new List<string>();
        for (var offset = 0; offset < 1003; offset += 500)
        {
            all.AddRange(Ids(await CallAsync(client, "list_swarm_tasks", "{\"limit\":500,\"offset\":" + offset + "}"), "tasks", "taskId"));
        }

        Assert.Equal(1003, all.Count);
        Assert.Equal(1003, all.Distinct().Count());
        Assert.Equal(1000, (await CallAsync(client, "get_swarm_status", "{}")).GetProperty("tasksCompleted").GetInt32());
    }

    [Fact]
    public async Task Swarm_IsStillThere_AfterARestart()
    {
        string agent;
        await using (var gateway = await StartAsync())
        {
            var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
            agent = Text(await CallAsync(client, "create_swarm_agent", """{"name":"a"}"""), "agentId");
            await CallAsync(client, "assign_swarm_task", """{"description":"x"}""");
        }

        await using var again = await StartAsync();
        var list = await CallAsync(await McpClient.ConnectAsync(again, Revision.V20260728), "list_swarm_tasks", $$"""{"agentId":"{{agent}}"}""");
        Assert.Equal("x", Text(Assert.Single(list.GetProperty("tasks").EnumerateArray()), "description"));
    }

    [Fact]
    public async Task Tasks_OfManyClientsAtOnce_AreSpreadEvenly_AndEachCompletedOnce()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        await CallAsync(client, "scale_swarm", """{"count":10}""");

        var tasks = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => CallAsync(client, "assign_swarm_task", """{"description":"x"}""")));

        Assert.All(tasks.GroupBy(t => Text(t, "agentId")), g => Assert.Equal(10, g.Count()));
        var answers = await Task.WhenAll(tasks.SelectMany(t => Enumerable.Repeat($$"""{"taskId":"{{Text(t, "taskId")}}"}""", 3)).Select(a => client.CallAsync("complete_swarm_task", a)));
        Assert.Equal(100, answers.Count(a => !a.Result.TryGetProperty("isError", out var e) || !e.GetBoolean()));
    }

    [Fact]
    public async Task Folder_ThatCannotBeWritten_IsAnErrorOfTheTool()
    {
        var file = Path.Combine(_state, "file");
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        await using var gateway = await StartAsync(file);
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);

        var answer = await client.CallAsync("get_swarm_status");

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Equal("The swarm can't be kept; the gateway's log says why.", answer.Text);
        Assert.Equal("x", (await client.CallAsync("hub_echo", """{"message":"x"}""")).Text);
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private Task<GatewayHost> StartAsync(string? state = null) => GatewayHost.StartAsync(new HubConfig
    {
        Gateway = new GatewayConfig { Packs = ["swarm"], State = new StateConfig { Path = state ?? _state } },
    });

    /// <summary>The value that a tool answers, as every revision has it: as text.</summary>
    private static async Task<JsonElement> CallAsync(McpClient client, string tool, string arguments)
    {
        var answer = await client.CallAsync(tool, arguments);
        Assert.False(answer.Result.TryGetProperty("isError", out var isError) && isError.GetBoolean(), answer.ToString());
        return JsonDocument.Parse(answer.Text!).RootElement;
    }

    private static async Task<long> HitsAsync(McpClient client) => (await CallAsync(client, "hub_cache_stats", "{}")).GetProperty("hits").GetInt64();

    private static string Text(JsonElement value, string name) => value.GetProperty(name).GetString()!;

    private static IEnumerable<string> Ids(JsonElement value, string list, string id) => value.GetProperty(list).EnumerateArray().Select(e => Text(e, id));

    private sealed class Subscriber : ICacheEventSubscriber<ICacheEvent>
    {
        public System.Collections.Concurrent.ConcurrentQueue<ICacheEvent> Events { get; } = new();

        public void OnEvent(ICacheEvent cacheEvent) => Events.Enqueue(cacheEvent);
    }
}
