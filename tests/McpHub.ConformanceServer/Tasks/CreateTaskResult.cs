using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Tasks;

/// <summary>What a call is answered with whose outcome will be found in a task.</summary>
internal sealed class CreateTaskResult : Result
{
    public static readonly JsonTypeInfo<CreateTaskResult> TypeInfo =
        (JsonTypeInfo<CreateTaskResult>)new JsonSerializerOptions(McpJsonUtilities.DefaultOptions)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(
                McpJsonUtilities.DefaultOptions.TypeInfoResolver, new DefaultJsonTypeInfoResolver()),
        }.GetTypeInfo(typeof(CreateTaskResult));

    /// <summary>The members of the task, beside <c>resultType</c> rather than in an object of their own.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Members { get; set; }

    public static CreateTaskResult Of(FixtureTask task) => new()
    {
        ResultType = "task",
        Members = task.Summarize().ToDictionary(member => member.Key, member => JsonSerializer.SerializeToElement(member.Value)),
    };
}
