using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Tasks;

/// <summary>What a client of 2026-07-28 does that takes tasks and listens to them.</summary>
internal static class TaskClient
{
    /// <summary>A gateway with these servers behind it.</summary>
    /// <param name="state">The folder of what outlives it.</param>
    public static HubConfig ConfigOf(string state, params UpstreamConfig[] upstreams) => new()
    {
        Upstreams = upstreams,
        Gateway = new GatewayConfig { State = new StateConfig { Path = state } },
    };

    public static async Task<McpClient> ConnectAsync(GatewayHost gateway)
    {
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        client.Capabilities = TaskServer.Extension;
        return client;
    }

    /// <summary>Makes a task.</summary>
    public static async Task<string> CreateAsync(McpClient client, string tool) =>
        (await client.CallAsync(tool)).Result.GetProperty("taskId").GetString()!;

    /// <summary>Makes tasks that the server knows as <c>t1</c>, <c>t2</c> and so on.</summary>
    public static async Task<string[]> CreateAsync(FakeUpstream server, McpClient client, int count)
    {
        var made = 0;
        server.OnTool("work", x => x.ResultAsync(TaskServer.Task("task", "t" + Interlocked.Increment(ref made), "\"status\":\"working\"")));
        var ids = new string[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = await CreateAsync(client, "s_work");
        }

        return ids;
    }

    /// <summary>Listens to tasks, which the gateway honours.</summary>
    public static async Task<MessageStream> ListenAsync(McpClient client, params string[] ids)
    {
        var stream = await MessageStream.ListenAsync(client, TaskServer.FilterOf(ids));
        var honoured = (await stream.ReadAsync()).GetProperty("params").GetProperty("notifications");
        Assert.Equal(TaskServer.FilterOf(ids), honoured.GetRawText());
        return stream;
    }

    /// <summary>What a notification says of which task.</summary>
    public static (string? Id, string? Status) Told(JsonElement message)
    {
        Assert.Equal("notifications/tasks", message.GetProperty("method").GetString());
        var task = message.GetProperty("params");
        return (task.GetProperty("taskId").GetString(), task.GetProperty("status").GetString());
    }
}
