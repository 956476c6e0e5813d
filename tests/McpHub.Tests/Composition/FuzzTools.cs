using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpHub.Tests.Composition;

/// <summary>The tools of random compositions: what one answers depends on its name, its arguments and the attempt alone.</summary>
internal static class FuzzTools
{
    public const string Message = "it failed as it should.";

    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string[] Names { get; } = ["echo", "numbers", "text", "broken", "busy", "flaky2", "flaky3", "picky"];

    /// <returns>The kind of the failure as the executor's enum spells it; empty for none.</returns>
    public static string FailureOf(string tool, int attempt, JsonNode arguments) => tool switch
    {
        "broken" => "ToolError",
        "busy" => "Unavailable",
        "flaky2" when attempt < 2 => "Unavailable",
        "flaky3" when attempt < 3 => "Timeout",
        "picky" when Hash(arguments) % 3 == 0 => "ToolError",
        _ => "",
    };

    public static JsonNode OutputOf(string tool, JsonNode arguments) => tool switch
    {
        "numbers" => new JsonObject { ["list"] = new JsonArray([.. Enumerable.Range(0, Hash(arguments) % 5).Select(i => (JsonNode)i)]), ["n"] = Hash(arguments) % 4 },
        "text" => $"text \"{Hash(arguments) % 7}\" / ü",
        _ => new JsonObject { ["args"] = arguments.DeepClone(), ["n"] = Hash(arguments) % 4 },
    };

    private static int Hash(JsonNode arguments) => arguments.ToJsonString(Plain).Aggregate(7, (hash, c) => ((hash * 31) + c) & 0xFFFFFF);
}
