using System.Runtime.InteropServices;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>What a server says of itself, in the result of <c>initialize</c> or <c>server/discover</c>.</summary>
internal sealed record ServerGreeting
{
    public string? ProtocolVersion { get; private init; }

    public IReadOnlyList<string> SupportedVersions { get; private init; } = [];

    public ServerFeatures Features { get; private init; }

    public string? ServerVersion { get; private init; }

    public string? Instructions { get; private init; }

    public CacheHints Hints { get; private init; }

    public static ServerGreeting Read(ReadOnlySpan<byte> json, bool isInitialize)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return new ServerGreeting
        {
            ProtocolVersion = Text(root, "protocolVersion"),
            SupportedVersions = isInitialize ? [] : Texts(root, "supportedVersions"),
            Features = ReadFeatures(root),
            ServerVersion = ReadServerInfo(root),
            Instructions = Text(root, "instructions"),
            Hints = ReadHints(root),
        };
    }

    /// <summary>The versions in the <c>data</c> of an <c>UnsupportedProtocolVersionError</c>.</summary>
    public static IReadOnlyList<string> SupportedIn(ReadOnlySpan<byte> error)
    {
        var reader = new Utf8JsonReader(error, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object ? Texts(data, "supported") : [];
    }

    /// <summary>The hints of a cacheable result; a negative time means none (2026-07-28, "Caching").</summary>
    public static CacheHints ReadHints(JsonElement result)
    {
        var ttl = result.TryGetProperty("ttlMs", out var json) && json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var value) ? value : 0;
        return new CacheHints(Math.Max(0, ttl), Text(result, "cacheScope") != "public");
    }

    private static ServerFeatures ReadFeatures(JsonElement root)
    {
        if (!root.TryGetProperty("capabilities", out var capabilities) || capabilities.ValueKind != JsonValueKind.Object)
        {
            return ServerFeatures.None;
        }

        return Flag("tools", ServerFeatures.Tools) | Flag("prompts", ServerFeatures.Prompts) | Flag("resources", ServerFeatures.Resources)
            | Flag("completions", ServerFeatures.Completions) | Flag("logging", ServerFeatures.Logging);

        ServerFeatures Flag(string name, ServerFeatures feature) =>
            capabilities.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? feature : ServerFeatures.None;
    }

    private static string? ReadServerInfo(JsonElement root)
    {
        // Release candidates had it at the top in server/discover too.
        var info = root.TryGetProperty("serverInfo", out var top) ? top
            : root.TryGetProperty("_meta", out var meta) && meta.ValueKind == JsonValueKind.Object
                && meta.TryGetProperty("io.modelcontextprotocol/serverInfo", out var inMeta) ? inMeta : default;
        return info.ValueKind == JsonValueKind.Object ? LogText.Clean($"{Text(info, "name")} {Text(info, "version")}").Trim() : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>The text of a string; <see langword="null"/> if it is none, or no valid Unicode.</summary>
    private static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? JsonText.Decode(JsonMarshal.GetRawUtf8Value(value)) : null;

    private static string[] Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(Text).OfType<string>()]
            : [];
}
