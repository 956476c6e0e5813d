using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tasks;

/// <summary>The extension <c>io.modelcontextprotocol/tasks</c>: how it is declared, and its three methods.</summary>
internal sealed class TasksExtension(TaskStore store)
{
    public const string Id = "io.modelcontextprotocol/tasks";
    public const string GetMethod = "tasks/get";
    public const string UpdateMethod = "tasks/update";
    public const string CancelMethod = "tasks/cancel";

    private const string TaskIdParameter = "taskId";

    public IList<McpServerRequestHandler> Handlers =>
    [
        Handle(GetMethod, (task, _) =>
        {
            var result = task.Describe();
            result["resultType"] = "complete";
            return Task.FromResult<JsonNode?>(result);
        }),
        Handle(UpdateMethod, async (task, parameters) =>
        {
            await task.AnswerAsync(parameters["inputResponses"] as JsonObject
                ?? throw new McpProtocolException("'inputResponses' is missing.", McpErrorCode.InvalidParams));
            return Acknowledgement();
        }),
        Handle(CancelMethod, async (task, _) =>
        {
            await task.CancelAsync();
            return Acknowledgement();
        }),
    ];

    /// <summary>Whether the client of one request can take a task. What it declared with another request does not count.</summary>
    public static bool IsDeclared(JsonRpcRequest request) =>
        (request.Params as JsonObject)?["_meta"]?[Revisions.ClientCapabilitiesKey]?["extensions"]?[Id] is JsonObject;

    public static Exception NotDeclared() => new MissingRequiredClientCapabilityException(
        new ClientCapabilities { Extensions = new Dictionary<string, object> { [Id] = new JsonObject() } });

    private McpServerRequestHandler Handle(string method, Func<FixtureTask, JsonObject, Task<JsonNode?>> serve) => new()
    {
        Method = method,
        RoutingNameParameter = TaskIdParameter,
        Handler = async (request, _) =>
        {
            if (!EraIsModern(request))
            {
                throw new McpProtocolException($"Method '{method}' is not available.", McpErrorCode.MethodNotFound);
            }

            if (!IsDeclared(request))
            {
                throw NotDeclared();
            }

            var parameters = (JsonObject)request.Params!;
            return parameters[TaskIdParameter] is JsonValue value && value.TryGetValue<string>(out var id)
                ? await serve(store.Get(id), parameters)
                : throw new McpProtocolException("'taskId' is missing.", McpErrorCode.InvalidParams);
        },
    };

    private static bool EraIsModern(JsonRpcRequest request) =>
        (request.Params as JsonObject)?["_meta"]?[Revisions.ProtocolVersionKey] is not null;

    private static JsonObject Acknowledgement() => new() { ["resultType"] = "complete" };
}
