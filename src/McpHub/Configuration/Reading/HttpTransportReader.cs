using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The settings of a server behind a URL.</summary>
internal static class HttpTransportReader
{
    /// <summary>
    /// Stands where the URL of a disabled server is made of variables that are not set; RFC 6761 keeps it from resolving.
    /// </summary>
    private static readonly Uri Unknown = new("http://unknown.invalid/");

    public static HttpTransportConfig? Read(SectionReader section, TransportKind? kind)
    {
        var text = section.Text("url", AbsoluteUrlRule.Check);
        var headers = section.Secrets("headers", StringComparer.OrdinalIgnoreCase, HeaderNameRule.Check, HeaderValueRule.Check);
        if (text is null)
        {
            return null;
        }

        var url = Uri.TryCreate(text, UriKind.Absolute, out var parsed) ? parsed : Unknown;
        if (url.UserInfo.Length > 0)
        {
            section.Warn("url", new Problem(
                "holds a user name or password, which is not sent",
                "Put credentials into headers, as Authorization."));
        }

        return new HttpTransportConfig
        {
            Url = url,
            Headers = headers ?? new Dictionary<string, string>(),
            Flavour = kind switch
            {
                TransportKind.Streamable => HttpFlavour.Streamable,
                TransportKind.Sse => HttpFlavour.Sse,
                _ => HttpFlavour.Auto,
            },
        };
    }
}
