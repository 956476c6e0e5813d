using McpHub.Bridging.Tasks;
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

    public static ServerGreeting Read(ReadOnlySpan<byte> json, bool isInitialize) => new()
    {
        ProtocolVersion = Text(json, "protocolVersion"u8),
        SupportedVersions = isInitialize ? [] : Texts(json, "supportedVersions"u8),
        Features = ReadFeatures(json, isInitialize),
        ServerVersion = ReadServerInfo(json),
        Instructions = Text(json, "instructions"u8),
        Hints = ReadHints(json),
    };

    /// <summary>The versions in the <c>data</c> of an <c>UnsupportedProtocolVersionError</c>.</summary>
    public static IReadOnlyList<string> SupportedIn(ReadOnlySpan<byte> error) =>
        JsonMembers.TryGet(error, "data"u8, out var data) ? Texts(data, "supported"u8) : [];

    /// <summary>The hints of a cacheable result; a negative time means none (2026-07-28, "Caching").</summary>
    public static CacheHints ReadHints(ReadOnlySpan<byte> result)
    {
        var ttl = JsonMembers.TryGet(result, "ttlMs"u8, out var json) && JsonNumber.TryParse(json, out var value) ? value : 0;
        return new CacheHints(Math.Max(0, ttl), Text(result, "cacheScope"u8) != "public");
    }

    private static ServerFeatures ReadFeatures(ReadOnlySpan<byte> json, bool isInitialize)
    {
        JsonMembers.TryGet(json, "capabilities"u8, out var capabilities);
        var features = !isInitialize && TasksExtension.IsDeclaredIn(capabilities) ? ServerFeatures.Tasks : ServerFeatures.None;
        var members = new JsonMembers(capabilities);
        while (members.MoveNext())
        {
            if (members.Value[0] == (byte)'{')
            {
                features |= FeatureOf(ref members);
                if (members.NameIs("resources"u8) && JsonMembers.TryGet(members.Value, "subscribe"u8, out var subscribe) && subscribe.SequenceEqual("true"u8))
                {
                    features |= ServerFeatures.Subscriptions;
                }
            }
        }

        return features;
    }

    private static ServerFeatures FeatureOf(ref JsonMembers capability) =>
        capability.NameIs("tools"u8) ? ServerFeatures.Tools
        : capability.NameIs("prompts"u8) ? ServerFeatures.Prompts
        : capability.NameIs("resources"u8) ? ServerFeatures.Resources
        : capability.NameIs("completions"u8) ? ServerFeatures.Completions
        : capability.NameIs("logging"u8) ? ServerFeatures.Logging
        : ServerFeatures.None;

    private static string? ReadServerInfo(ReadOnlySpan<byte> json)
    {
        // Release candidates had it at the top in server/discover too.
        if (!JsonMembers.TryGet(json, "serverInfo"u8, out var info) && JsonMembers.TryGet(json, "_meta"u8, out var meta))
        {
            JsonMembers.TryGet(meta, MetaKeys.ServerInfo, out info);
        }

        return info.StartsWith("{"u8) ? LogText.Clean($"{Text(info, "name"u8)} {Text(info, "version"u8)}").Trim() : null;
    }

    /// <summary>The text of a member; <see langword="null"/> if it isn't there, is no string, or no valid Unicode.</summary>
    private static string? Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) =>
        JsonMembers.TryGet(json, name, out var value) ? JsonText.Decode(value) : null;

    private static List<string> Texts(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var texts = new List<string>();
        JsonMembers.TryGet(json, name, out var array);
        var items = new JsonItems(array);
        while (items.MoveNext())
        {
            if (JsonText.Decode(items.Value) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }
}
