using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>No two servers may come to the same name in URLs and in the names of tools.</summary>
internal static class ServerNameClashRule
{
    public static void Check(IEnumerable<ConfigMember> servers, IssueCollector issues)
    {
        var taken = new Dictionary<string, ConfigMember>(StringComparer.OrdinalIgnoreCase);
        foreach (var server in servers)
        {
            var safe = ServerName.ToSafe(server.Name);
            if (taken.TryAdd(safe, server))
            {
                continue;
            }

            var first = taken[safe];
            issues.Error(server.Node, new Problem(
                first.Name == server.Name
                    ? $"the server is also defined at {first.Node.Path}"
                    : $"the name becomes {safe} in URLs and names of tools, as that of {first.Node.Path} does",
                "Rename one of the two."));
        }
    }
}
