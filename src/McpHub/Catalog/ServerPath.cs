using McpHub.Configuration;

namespace McpHub.Catalog;

/// <summary>A server's name as it stands in the path of its own endpoint, and by default before the names of its tools.</summary>
internal static class ServerPath
{
    public static string From(string serverName) => ServerName.ToSafe(serverName);
}
