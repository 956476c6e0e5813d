namespace McpHub.Security.Authentication;

/// <summary>Resource URIs in the form in which they are compared: scheme and host in lower case, no slash at the end.</summary>
/// <remarks>By hand and no further: what a URI parser takes for the same, such as <c>/a/../mcp</c>, is not the same audience.</remarks>
internal static class ResourceUri
{
    public static string Canonical(string uri)
    {
        var scheme = uri.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return uri;
        }

        var path = uri.IndexOf('/', scheme + 3);
        var end = path < 0 ? uri.Length : path;
        return uri[..end].ToLowerInvariant() + (uri.EndsWith('/') && path >= 0 ? uri[end..^1] : uri[end..]);
    }
}
