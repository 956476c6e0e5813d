namespace McpHub.Configuration;

/// <summary>Which flavour of HTTP a server speaks.</summary>
public enum HttpFlavour
{
    /// <summary>Streamable HTTP where the server takes it, otherwise HTTP+SSE.</summary>
    Auto,

    /// <summary>Streamable HTTP (2025-03-26 and later).</summary>
    Streamable,

    /// <summary>HTTP+SSE of 2024-11-05.</summary>
    Sse,
}
