using System.Text.Json;

namespace McpHub.Configuration.Comparison;

/// <summary>Values as text that is equal exactly when they are, and that reads like the file.</summary>
internal static class ValueText
{
    private const string None = "none";

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(Enum? value) => value?.ToString().ToLowerInvariant() ?? None;

    public static string Of(Uri? value) => Of(value?.AbsoluteUri);

    public static string Of(string? value) => value is null ? None : $"\"{Escape(value)}\"";

    public static string Of(IReadOnlyList<string> values) => $"[{string.Join(", ", values.Select(value => Of(value)))}]";

    public static string Of(IReadOnlyDictionary<string, string>? values) => values is null
        ? None
        : $"{{{string.Join(", ", values.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(Of))}}}";

    public static string Of(IReadOnlyList<PolicyRuleConfig> rules) => JsonSerializer.Serialize(rules);

    private static string Of(KeyValuePair<string, string> entry) => $"{Of(entry.Key)}: {Of(entry.Value)}";

    /// <summary>Without this, a value that holds a quote could read like two values.</summary>
    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
