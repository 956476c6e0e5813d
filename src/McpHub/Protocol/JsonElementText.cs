using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>Reads text off the hot path, where JSON is taken apart.</summary>
internal static class JsonElementText
{
    /// <summary>The text of a member; <see langword="null"/> if it isn't there or is no string, or the element is no object.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
