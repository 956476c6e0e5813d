using System.Text.Json;

namespace McpHub.Testing;

/// <summary>What came back for one HTTP request, as it came.</summary>
internal sealed record HttpAnswer(int Status, string ContentType, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public bool IsStream => ContentType.StartsWith("text/event-stream", StringComparison.Ordinal);

    /// <summary>The JSON-RPC messages, in order and as text.</summary>
    public IReadOnlyList<string> Texts => IsStream
        ? [.. Body.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => l[6..])]
        : Body.Length == 0 ? [] : [Body];

    public IReadOnlyList<JsonElement> Messages => [.. Texts.Select(t => JsonElement.Parse(t))];

    /// <summary>Those before the response.</summary>
    public IReadOnlyList<JsonElement> Notifications => [.. Messages.Where(m => m.TryGetProperty("method", out _))];

    public JsonElement Response => Messages.Single(m => !m.TryGetProperty("method", out _));

    public JsonElement Result => Member("result");

    public JsonElement Error => Member("error");

    /// <summary>The error's code; 0 if it is no error.</summary>
    public int Code => Body.Length > 0 && Response.ValueKind == JsonValueKind.Object && Response.TryGetProperty("error", out var error)
        ? error.GetProperty("code").GetInt32()
        : 0;

    /// <summary>The id of the response as JSON; <see langword="null"/> if it has none.</summary>
    public string? Id => Response.TryGetProperty("id", out var id) ? id.GetRawText() : null;

    /// <summary>The text of the first content block of a tool's result.</summary>
    public string? Text => Result.GetProperty("content")[0].GetProperty("text").GetString();

    public override string ToString() => $"HTTP {Status} {ContentType} {Body}";

    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new HttpAnswer(
            (int)response.StatusCode, headers.GetValueOrDefault("Content-Type", ""), headers, await response.Content.ReadAsStringAsync());
    }

    private JsonElement Member(string name) => Response.TryGetProperty(name, out var value)
        ? value
        : throw new InvalidOperationException($"There is no {name}: {this}");
}
