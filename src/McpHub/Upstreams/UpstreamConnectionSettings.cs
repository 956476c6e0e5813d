using McpHub.Configuration;

namespace McpHub.Upstreams;

/// <summary>Tells whether a changed configuration leaves an upstream's connection as it is.</summary>
internal static class UpstreamConnectionSettings
{
    public static bool AreEqual(UpstreamConfig a, UpstreamConfig b) => (a.Transport, b.Transport) switch
    {
        (StdioTransportConfig x, StdioTransportConfig y) =>
            x.Command == y.Command && x.Cwd == y.Cwd && x.Args.SequenceEqual(y.Args) && AreEqual(x.Env, y.Env),
        (HttpTransportConfig x, HttpTransportConfig y) => x.Url == y.Url && x.Flavour == y.Flavour && AreEqual(x.Headers, y.Headers),
        _ => false,
    };

    private static bool AreEqual(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
