namespace McpHub.Security.Authentication;

/// <summary>One endpoint as a resource of OAuth: what tokens for it have to be issued for, and where its metadata is (RFC 9728).</summary>
internal sealed class ProtectedResource
{
    public const string WellKnown = "/.well-known/oauth-protected-resource";

    /// <param name="uri">The resource's URI in canonical form.</param>
    /// <param name="metadata">The metadata as JSON; empty if no authorization server could be named in it.</param>
    public ProtectedResource(string uri, byte[] metadata)
    {
        Uri = uri;
        Metadata = metadata;
        var url = new Uri(uri);
        Path = url.AbsolutePath.TrimEnd('/');
        MetadataUrl = metadata.Length == 0 ? null : url.GetLeftPart(UriPartial.Authority) + WellKnown + Path;
    }

    public string Uri { get; }

    /// <summary>The URI's path, without a slash at its end.</summary>
    public string Path { get; }

    public byte[] Metadata { get; }

    /// <summary>Where the metadata is: the well-known path goes between the host and the resource's own (RFC 9728, section 3.1).</summary>
    public string? MetadataUrl { get; }

    /// <summary>Whether what was issued for these audiences is good here.</summary>
    public bool Accepts(IReadOnlyList<string> audiences)
    {
        for (var i = 0; i < audiences.Count; i++)
        {
            if (string.Equals(audiences[i], Uri, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
