using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.http</c> section.</summary>
internal static class HttpSection
{
    public static HttpConfig Read(SectionReader? section, AuthConfig auth)
    {
        var defaults = new HttpConfig();
        if (section is null)
        {
            return defaults;
        }

        var http = defaults with
        {
            Url = section.Text("url", ListenUrlRule.Check) ?? defaults.Url,
            Path = section.Text("path", EndpointPathRule.Check) ?? defaults.Path,
            AllowRemote = section.Flag("allowRemote") ?? defaults.AllowRemote,
            AllowedOrigins = section.Texts("allowedOrigins", OriginRule.Check) ?? defaults.AllowedOrigins,
            AllowedHosts = section.Texts("allowedHosts", HostNameRule.Check) ?? defaults.AllowedHosts,
            Sse = section.Flag("sse") ?? defaults.Sse,
        };
        if (RemoteAccessRule.Check(http.Url, http, auth) is { } problem)
        {
            section.Error("url", problem);
        }

        section.Finish();
        return http;
    }
}
