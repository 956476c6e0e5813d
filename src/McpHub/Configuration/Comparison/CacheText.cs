using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Comparison;

/// <summary>What is cached, as text that is equal exactly when it is.</summary>
internal static class CacheText
{
    // In the file's order: the first pattern that matches a tool holds.
    public static string Of(IReadOnlyDictionary<string, CacheToolConfig> tools) =>
        $"{{{string.Join(", ", tools.Select(tool => $"{ValueText.Of(tool.Key)}: {Of(tool.Value)}"))}}}";

    public static string Of(IReadOnlyDictionary<string, IReadOnlyList<string>> invalidates) =>
        $"{{{string.Join(", ", invalidates.Select(tool => $"{ValueText.Of(tool.Key)}: {ValueText.Of(tool.Value)}"))}}}";

    public static string Of(IReadOnlyList<CacheWarmConfig> warm) =>
        $"[{string.Join(", ", warm.Select(call => $"{ValueText.Of(call.Tool)} {call.Arguments}"))}]";

    private static string Of(CacheToolConfig tool)
    {
        var parts = new List<string> { DurationParser.Format(tool.Ttl), ValueText.Of(tool.Scope) };
        Add(!tool.Enabled, "disabled");
        Add(tool.Tags.Count > 0, $"tags {ValueText.Of(tool.Tags)}");
        Add(tool.StaleWhileRevalidate is not null, $"staleWhileRevalidate {Of(tool.StaleWhileRevalidate)}");
        Add(tool.StaleIfError is not null, $"staleIfError {Of(tool.StaleIfError)}");
        Add(tool.MaxEntryBytes is not null, $"maxEntryBytes {SizeParser.Format(tool.MaxEntryBytes ?? 0)}");
        Add(tool.RefreshAhead, "refreshAhead");
        Add(!tool.RequireReadOnlyHint, "any tool");
        return string.Join(' ', parts);

        void Add(bool isSet, string text)
        {
            if (isSet)
            {
                parts.Add(text);
            }
        }
    }

    private static string Of(TimeSpan? duration) => DurationParser.Format(duration ?? TimeSpan.Zero);
}
