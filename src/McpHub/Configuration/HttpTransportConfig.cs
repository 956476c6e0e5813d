namespace McpHub.Configuration;

/// <summary>A server behind a URL.</summary>
public sealed record HttpTransportConfig : UpstreamTransportConfig
{
    /// <summary>The MCP endpoint, http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>Headers of every request to it.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Which flavour of HTTP the server speaks.</summary>
    public HttpFlavour Flavour { get; init; }
}
