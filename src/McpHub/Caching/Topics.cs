using McpHub.Bridging.Subscriptions;

namespace McpHub.Caching;

/// <summary>Names of what results belong to without anybody having given them tags.</summary>
internal static class Topics
{
    /// <param name="server">The server as it stands in paths.</param>
    public static string ToolsOf(string server) => "tools " + server;

    public static string ResourcesOf(string server) => "resources " + server;

    /// <summary>The topics of a resource: itself, and each that it lies below.</summary>
    public static IReadOnlyList<string> OfResource(string server, string uri)
    {
        var topics = new List<string> { ResourcesOf(server), "at " + server + " " + uri };
        var ancestors = new ResourceAncestors(uri);
        while (ancestors.MoveNext())
        {
            topics.Add($"below {server} {ancestors.Current}");
        }

        return topics;
    }

    /// <summary>
    /// What is concerned when a server says that a resource has changed: the resource, what it lies below, whose content may list it, and
    /// what lies below it.
    /// </summary>
    public static IReadOnlyList<string> OfUpdate(string server, string uri)
    {
        var topics = new List<string> { "below " + server + " " + uri };
        var ancestors = new ResourceAncestors(uri);
        while (ancestors.MoveNext())
        {
            topics.Add($"at {server} {ancestors.Current}");
        }

        return topics;
    }
}
