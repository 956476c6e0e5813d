using System.Globalization;

namespace McpHub.Configuration.Comparison;

/// <summary>
/// Every setting of a server, as text that is compared and never shown. A test walks the records, so that none is missing
/// here.
/// </summary>
internal static class UpstreamSettings
{
    /// <summary>What a connection depends on; a type that has no such setting gives <see langword="null"/>.</summary>
    public static IReadOnlyList<(string Key, Func<UpstreamConfig, string?> Text)> Connection { get; } =
    [
        ("disabled", upstream => ValueText.Of(upstream.Disabled)),
        ("type", upstream => Http(upstream) is { } http ? ValueText.Of(http.Flavour) : upstream.Transport.GetType().Name),
        ("command", upstream => Stdio(upstream) is { } stdio ? ValueText.Of(stdio.Command) : null),
        ("args", upstream => Stdio(upstream) is { } stdio ? ValueText.Of(stdio.Args) : null),
        ("env", upstream => Stdio(upstream) is { } stdio ? ValueText.Of(stdio.Env) : null),
        ("cwd", upstream => Stdio(upstream) is { } stdio ? ValueText.Of(stdio.Cwd) : null),
        ("url", upstream => Http(upstream) is { } http ? ValueText.Of(http.Url) : null),
        ("headers", upstream => Http(upstream) is { } http ? ValueText.Of(http.Headers) : null),
    ];

    /// <summary>What only decides how the server is shown and how long it is waited for.</summary>
    public static IReadOnlyList<(string Key, Func<UpstreamConfig, string?> Text)> Presentation { get; } =
    [
        ("prefix", upstream => ValueText.Of(upstream.Prefix)),
        ("include", upstream => ValueText.Of(upstream.Include)),
        ("exclude", upstream => ValueText.Of(upstream.Exclude)),
        ("category", upstream => ValueText.Of(upstream.Category)),
        ("tags", upstream => ValueText.Of(upstream.Tags)),
        ("timeout", upstream => Duration(upstream.Timeout)),
        ("tools", upstream => string.Join('\n', upstream.Tools.OrderBy(tool => tool.Key, StringComparer.Ordinal).Select(Tool))),
    ];

    public static UpstreamChange Compare(UpstreamConfig old, UpstreamConfig @new)
    {
        var connection = Differing(Connection, old, @new).ToList();
        if (old.Transport.GetType() != @new.Transport.GetType())
        {
            // All of the one way's settings are gone and all of the other's are new; one word says as much.
            connection.RemoveAll(key => key is not ("type" or "disabled"));
        }

        return new UpstreamChange
        {
            Old = old,
            New = @new,
            Settings = [.. connection, .. Differing(Presentation, old, @new)],
            NeedsConnection = connection.Count > 0,
        };
    }

    private static IEnumerable<string> Differing(
        IEnumerable<(string Key, Func<UpstreamConfig, string?> Text)> settings, UpstreamConfig old, UpstreamConfig @new) =>
        settings.Where(setting => setting.Text(old) != setting.Text(@new)).Select(setting => setting.Key);

    private static StdioTransportConfig? Stdio(UpstreamConfig upstream) => upstream.Transport as StdioTransportConfig;

    private static HttpTransportConfig? Http(UpstreamConfig upstream) => upstream.Transport as HttpTransportConfig;

    private static string Tool(KeyValuePair<string, ToolConfig> tool) => string.Join(
        ' ',
        ValueText.Of(tool.Key),
        ValueText.Of(tool.Value.Name),
        ValueText.Of(tool.Value.Description),
        ValueText.Of(tool.Value.Category),
        ValueText.Of(tool.Value.Tags),
        Duration(tool.Value.Timeout),
        tool.Value.Bulk is { } bulk ? string.Join(' ', ValueText.Of(bulk.Tool), ValueText.Of(bulk.ItemsPath), ValueText.Of(bulk.ResultPath), bulk.MaxItems) : "single");

    private static string Duration(TimeSpan? value) => value?.Ticks.ToString(CultureInfo.InvariantCulture) ?? "none";
}
