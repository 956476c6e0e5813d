using System.Net;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>The address to listen on: scheme, host and port, and nothing after them.</summary>
internal static class ListenUrlRule
{
    private const string Example = "Write scheme, host and port, for example \"http://127.0.0.1:8080\".";

    public static Problem? Check(string text)
    {
        if (text.Contains("://*", StringComparison.Ordinal) || text.Contains("://+", StringComparison.Ordinal))
        {
            return new Problem("has a wildcard for its host", "Write \"http://0.0.0.0:8080\" to listen on every address.");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            return new Problem("is not an absolute http or https URL", Example);
        }

        if (url.UserInfo.Length > 0)
        {
            return new Problem("holds a user name or password", Example);
        }

        return url.PathAndQuery is "/" && url.Fragment.Length == 0
            ? null
            : new Problem("holds more than scheme, host and port", "Put the path into $.gateway.http.path.");
    }

    /// <summary>Whether only this machine can reach the address.</summary>
    public static bool IsLoopback(string text)
    {
        var host = new Uri(text).DnsSafeHost;
        return IPAddress.TryParse(host, out var address)
            ? IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
    }
}
