using System.Reflection;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Configuration.Reading;

namespace McpHub.Tests.Configuration;

/// <summary>The settings as the records have them: paths in the file, and the default as the file would give it.</summary>
internal static class RecordProperties
{
    public static IEnumerable<(string Path, string? Default)> Of(Type record, string parent) =>
        Walk(record, parent, HasDefaults(record) ? Activator.CreateInstance(record) : null);

    private static IEnumerable<(string Path, string? Default)> Walk(Type record, string parent, object? instance)
    {
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var path = $"{parent}.{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}";
            var value = instance is null ? null : property.GetValue(instance);
            if (property.PropertyType.Name.EndsWith("Config", StringComparison.Ordinal) && property.PropertyType != typeof(UpstreamTransportConfig))
            {
                var section = value
                    ?? (property.PropertyType == typeof(OtlpConfig) ? new OtlpConfig { Endpoint = new Uri("http://o") }
                    : property.PropertyType == typeof(BulkConfig) ? new BulkConfig { Tool = null!, ItemsPath = null!, ResultPath = null! } : null);
                foreach (var inner in Walk(property.PropertyType, path, section))
                {
                    yield return inner.Path.EndsWith(".endpoint", StringComparison.Ordinal) ? (inner.Path, null) : inner;
                }
            }
            else
            {
                yield return (path, Text(path, value));
            }
        }
    }

    private static bool HasDefaults(Type record) => record == typeof(GatewayConfig) || record == typeof(ToolConfig) || record == typeof(CacheToolConfig);

    private static string? Text(string path, object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        string text => JsonSerializer.Serialize(text),
        Enum choice => JsonSerializer.Serialize(choice.ToString().ToLowerInvariant()),
        TimeSpan duration => JsonSerializer.Serialize(DurationParser.Format(duration)),
        int number when number >= 1024 * 1024 || path.EndsWith("Watermark", StringComparison.Ordinal) => JsonSerializer.Serialize(SizeParser.Format(number)),
        int number => JsonSerializer.Serialize(number),
        IReadOnlyDictionary<string, string> or System.Collections.IDictionary => "{}",
        System.Collections.IEnumerable => "[]",
        _ => value.ToString(),
    };
}
