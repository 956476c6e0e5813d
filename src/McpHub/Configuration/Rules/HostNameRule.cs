using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Host names without scheme and port, which are compared with what the <c>Host</c> header names.</summary>
internal static class HostNameRule
{
    public static Problem? Check(string host) => Uri.CheckHostName(host.Trim('[', ']')) is UriHostNameType.Unknown
        ? new Problem(
            "is not a host name",
            "Write the name or address alone, without scheme, port and wildcard, for example \"mcp.example.com\".")
        : null;
}
