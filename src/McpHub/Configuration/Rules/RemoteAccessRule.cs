using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Whether the gateway may be reached from other machines: with authentication, or where that is said to be meant.</summary>
internal static class RemoteAccessRule
{
    /// <param name="url">A valid address to listen on.</param>
    /// <param name="http">The rest of the section.</param>
    /// <param name="auth">Who may call.</param>
    public static Problem? Check(string url, HttpConfig http, AuthConfig auth)
    {
        if (ListenUrlRule.IsLoopback(url))
        {
            return null;
        }

        if (!auth.IsRequired)
        {
            return http.AllowRemote ? null : new Problem(
                "can be reached from other machines, and there is no authentication",
                "Configure $.gateway.auth, set $.gateway.http.allowRemote to true if that is meant, or listen on 127.0.0.1.");
        }

        return auth.Resource is null && auth.Issuers.Count > 0 && new Uri(url).Host is "0.0.0.0" or "[::]"
            ? new Problem(
                "names no host that tokens could be issued for",
                "Set $.gateway.auth.resource to the address that clients use, for example \"https://gw.example.com/mcp\".")
            : null;
    }
}
