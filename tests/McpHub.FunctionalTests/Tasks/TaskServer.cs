using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Tasks;

/// <summary>A server whose one tool always answers with the same task, and what it says of that task.</summary>
internal static class TaskServer
{
    public const string Extension = """{"extensions":{"io.modelcontextprotocol/tasks":{}}}""";

    /// <summary>The metadata of a request by a client that takes tasks.</summary>
    public const string Meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":" + Extension + "}";

    public static Task<FakeUpstream> StartAsync(string taskId, string state = "\"status\":\"working\"", int port = 0) => FakeUpstream.StartAsync(
        Revision.V20260728, FakeOffer.OfTools("work") with { HasTasks = true, HasSubscriptions = true }, port: port, setUp: server => server
            .OnTool("work", x => x.ResultAsync(Task("task", taskId, "\"status\":\"working\"")))
            .On("tasks/get", x => IdOf(x) == taskId ? x.ResultAsync(Task("complete", taskId, state)) : x.ErrorAsync(-32602, "no such task here"))
            .On("tasks/update", x => x.ResultAsync("""{"resultType":"complete"}"""))
            .On("tasks/cancel", x => x.ResultAsync("""{"resultType":"complete"}""")));

    /// <summary>The result with the members of a task; some of them are known to nobody.</summary>
    public static string Task(string resultType, string taskId, string state) =>
        "{\"resultType\":\"" + resultType + "\",\"taskId\":" + JsonSerializer.Serialize(taskId) + "," + state
        + ",\"createdAt\":\"2026-08-01T10:30:00Z\",\"lastUpdatedAt\":\"2026-08-01T10:31:00Z\",\"ttlMs\":null,\"pollIntervalMs\":1.0e3,\"x\":{\"y\":1.0}}";

    /// <summary>The filter of a listen request that asks for tasks, and for nothing else.</summary>
    public static string FilterOf(params IEnumerable<string> ids) => "{\"taskIds\":" + JsonSerializer.Serialize(ids) + "}";

    /// <summary>The params of such a listen request, with their metadata.</summary>
    public static string ListenParams(params IEnumerable<string> ids) => "{\"notifications\":" + FilterOf(ids) + "," + Meta + "}";

    private static string? IdOf(FakeExchange x) => x.Request.Params.GetProperty("taskId").GetString();
}
