using System.Buffers;
using System.Collections.Frozen;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Names of headers: a token of RFC 9110, and none that the gateway writes itself.</summary>
internal static class HeaderNameRule
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What frames the message (RFC 9112), and what MCP's transports give a meaning to.</summary>
    private static readonly FrozenSet<string> Owned = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE",
        "Trailer", "Expect", "Accept", "Accept-Encoding", "Last-Event-ID");

    /// <summary>All of MCP's own: Mcp-Session-Id, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Param-…</summary>
    private const string OwnedPrefix = "Mcp-";

    public static Problem? Check(string name)
    {
        if (name.Length == 0)
        {
            return new Problem("the name of the header is empty", "Give the header a name.");
        }

        if (name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            return new Problem("the name of the header holds a character that headers may not have", "Use letters, digits and -.");
        }

        return Owned.Contains(name) || name.StartsWith(OwnedPrefix, StringComparison.OrdinalIgnoreCase)
            ? new Problem($"{name} is a header that the gateway sets itself", "Remove it.")
            : null;
    }
}
