using System.Text.Json;

namespace McpHub.Testing;

/// <summary>One HTTP request as a <see cref="FakeUpstream"/> received it.</summary>
internal sealed record FakeRequest(string HttpMethod, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json { get; } = Body.Length > 0 ? JsonElement.Parse(Body) : default;

    /// <summary>The JSON-RPC method; empty for a response and for what has no body.</summary>
    public string Method => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("method", out var method) ? method.GetString()! : "";

    /// <summary>The id as JSON; empty for a notification.</summary>
    public string Id => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("id", out var id) ? id.GetRawText() : "";

    public JsonElement Params => Json.GetProperty("params");

    /// <summary>The tool of a call.</summary>
    public string Tool => Method == "tools/call" ? Params.GetProperty("name").GetString()! : "";

    /// <summary>A member of <c>params._meta</c>; undefined if it isn't there.</summary>
    public JsonElement Meta(string key) =>
        Json.TryGetProperty("params", out var parameters) && parameters.TryGetProperty("_meta", out var meta) && meta.TryGetProperty(key, out var value)
            ? value
            : default;

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
