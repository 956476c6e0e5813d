using System.Text.Json;
using McpHub.Pipeline;

namespace McpHub.Tests.Caching;

/// <summary>What a request was answered with.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Json">The result, the server's error, or the name of the gateway's failure.</param>
internal sealed record CallAnswer(McpResultKind Kind, JsonElement Json)
{
    /// <summary>The text of the first content block; or what else there is.</summary>
    public string Text => Kind == McpResultKind.Result && Json.TryGetProperty("content", out var content) && content.GetArrayLength() > 0
        ? content[0].GetProperty("text").GetString()!
        : Json.ToString();
}
