using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using static McpHub.FunctionalTests.Tasks.TaskClient;

namespace McpHub.FunctionalTests.Tasks;

/// <summary>Tools of the gateway's own that run in tasks.</summary>
public sealed class NativeTaskTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("mcphub-").FullName;

    [Fact]
    public async Task Result_IsFetched_WhenTheToolHasEnded()
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate);
        var client = await ConnectAsync(gateway);
        Assert.True(client.Greeting.GetProperty("capabilities").GetProperty("extensions").TryGetProperty("io.modelcontextprotocol/tasks", out _));

        var created = (await client.CallAsync("build", """{"target":"\u00e4"}""")).Result;
        Assert.Equal(("task", "working"), (Text(created, "resultType"), Text(created, "status")));
        Assert.Equal((60_000, 50), (created.GetProperty("ttlMs").GetInt32(), created.GetProperty("pollIntervalMs").GetInt32()));
        var id = Text(created, "taskId");
        Assert.Equal("working", Text(await GetAsync(client, id), "status"));

        gate.Open();
        var task = await UntilEndedAsync(client, id);
        Assert.Equal(("completed", "complete", id), (Text(task, "status"), Text(task, "resultType"), Text(task, "taskId")));
        Assert.Equal("built ä", task.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.True(task.GetProperty("lastUpdatedAt").GetDateTimeOffset() >= task.GetProperty("createdAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Result_IsStillThere_AfterARestart()
    {
        string id;
        var gate = new Gate();
        gate.Open();
        await using (var gateway = await StartAsync(gate))
        {
            var client = await ConnectAsync(gateway);
            id = await CreateAsync(client, "build", """{"target":"all"}""");
            await UntilEndedAsync(client, id);
        }

        await using var again = await StartAsync(gate);
        var task = await GetAsync(await ConnectAsync(again), id);
        Assert.Equal("built all", task.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Failures_EndTheTask_EachInItsWay()
    {
        var gate = new Gate();
        gate.Open();
        await using var gateway = await StartAsync(gate);
        var client = await ConnectAsync(gateway);

        var failed = await UntilEndedAsync(client, await CreateAsync(client, "build", """{"target":"error"}"""));
        Assert.Equal("completed", Text(failed, "status"));
        Assert.True(failed.GetProperty("result").GetProperty("isError").GetBoolean());

        var broken = await UntilEndedAsync(client, await CreateAsync(client, "build", """{"target":"protocol"}"""));
        Assert.Equal("failed", Text(broken, "status"));
        Assert.Equal(-32602, broken.GetProperty("error").GetProperty("code").GetInt32());
        Assert.False(broken.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Tool_IsCancelled_WithItsTask()
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate);
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "build", """{"target":"x"}""");

        var update = await client.RequestAsync("tasks/update", "{\"taskId\":\"" + id + "\",\"inputResponses\":{\"a\":{\"action\":\"accept\"}}}");
        Assert.Equal("complete", Text(update.Result, "resultType"));
        Assert.Equal("complete", Text((await client.RequestAsync("tasks/cancel", "{\"taskId\":\"" + id + "\"}")).Result, "resultType"));

        Assert.Equal("cancelled", Text(await GetAsync(client, id), "status"));
        await gate.Cancelled.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Client_IsTold_WhenTheTaskEnds()
    {
        var gate = new Gate();
        await using var gateway = await StartAsync(gate);
        var client = await ConnectAsync(gateway);
        var id = await CreateAsync(client, "build", """{"target":"x"}""");
        var cancelled = await CreateAsync(client, "build", """{"target":"y"}""");
        using var stream = await MessageStream.ListenAsync(client, "{\"taskIds\":[\"" + id + "\",\"" + cancelled + "\"]}");
        Assert.Equal(
            "{\"taskIds\":[\"" + id + "\",\"" + cancelled + "\"]}",
            (await stream.ReadAsync()).GetProperty("params").GetProperty("notifications").GetRawText());

        await client.RequestAsync("tasks/cancel", "{\"taskId\":\"" + cancelled + "\"}");
        var told = (await stream.ReadAsync()).GetProperty("params");
        Assert.Equal((cancelled, "cancelled"), (Text(told, "taskId"), Text(told, "status")));

        gate.Open();
        var message = await stream.ReadAsync();
        told = message.GetProperty("params");
        Assert.Equal(("notifications/tasks", id, "completed"), (Text(message, "method"), Text(told, "taskId"), Text(told, "status")));
        Assert.Equal("built x", told.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("listen", told.GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetString());
        Assert.Equal(60_000, told.GetProperty("ttlMs").GetInt32());
    }

    [Fact]
    public async Task Tool_RunsInTheCall_ForAClientThatTakesNoTasks()
    {
        var gate = new Gate();
        gate.Open();
        await using var gateway = await StartAsync(gate);
        var modern = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        var legacy = await McpClient.ConnectAsync(gateway, Revision.V20251125);

        Assert.Equal("built a", (await modern.CallAsync("build", """{"target":"a"}""")).Text);
        Assert.Equal("built b", (await legacy.CallAsync("build", """{"target":"b"}""")).Text);

        var refused = await modern.CallAsync("only_task");
        Assert.Equal((400, -32021), (refused.Status, refused.Code));
        Assert.True((await legacy.CallAsync("only_task")).Result.GetProperty("isError").GetBoolean());
    }

    [Fact]
    public async Task Task_IsNotThatOfAServer_WhichIsCalledAsTheToolsAre()
    {
        await using var server = await TaskServer.StartAsync("1");
        var gate = new Gate();
        await using var gateway = await StartAsync(gate, server.Config("native"));
        var client = await ConnectAsync(gateway);

        var ofServer = await CreateAsync(client, "native_work", "{}");
        var ofTool = await CreateAsync(client, "build", """{"target":"x"}""");

        Assert.Equal("null", (await GetAsync(client, ofServer)).GetProperty("ttlMs").GetRawText());
        Assert.Equal("60000", (await GetAsync(client, ofTool)).GetProperty("ttlMs").GetRawText());
        Assert.Single(server.Of("tasks/get"));
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;

    private static async Task<string> CreateAsync(McpClient client, string tool, string arguments) =>
        Text((await client.CallAsync(tool, arguments)).Result, "taskId");

    private static async Task<JsonElement> GetAsync(McpClient client, string id) =>
        (await client.RequestAsync("tasks/get", "{\"taskId\":\"" + id + "\"}")).Result;

    private static async Task<JsonElement> UntilEndedAsync(McpClient client, string id)
    {
        JsonElement task = default;
        await Patience.UntilAsync(async () => Text(task = await GetAsync(client, id), "status") != "working", "the task has ended");
        return task;
    }

    private Task<GatewayHost> StartAsync(Gate gate, params UpstreamConfig[] upstreams) => GatewayHost.StartAsync(
        ConfigOf(_state, upstreams),
        configure: builder =>
        {
            builder.Services.AddSingleton(gate);
            builder.WithTools<Tools>();
        });

    private sealed class Gate
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Cancelled => _cancelled.Task;

        public void Open() => _open.TrySetResult();

        public async Task PassAsync(CancellationToken cancellationToken)
        {
            try
            {
                await _open.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                _cancelled.TrySetResult();
                throw;
            }
        }
    }

    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "build")]
        [RunsAsTask(TimeToLiveSeconds = 60, PollIntervalMs = 50)]
        public async Task<string> BuildAsync(string target, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return target switch
            {
                "error" => throw new McpException("It cannot be built."),
                "protocol" => throw new McpProtocolException("There is no such target.", McpErrorCode.InvalidParams),
                _ => $"built {target}",
            };
        }

        [McpServerTool(Name = "only_task")]
        [RunsAsTask(Required = true)]
        public static string OnlyTask() => "done";
    }
}
