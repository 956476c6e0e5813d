using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.http</c> section.</summary>
internal static class HttpSection
{
    public static HttpConfig Read(SectionReader? section)
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
        if (!http.AllowRemote && !ListenUrlRule.IsLoopback(http.Url))
        {
            section.Error("url", new Problem(
                "can be reached from other machines, and there is no authentication",
                "Set $.gateway.http.allowRemote to true if that is meant, or listen on 127.0.0.1."));
        }

        section.Finish();
        return http;
    }
}
