using McpHub.Catalog;

namespace McpHub.Bridging.Subscriptions;

/// <summary>One resource as one endpoint shows it, with those who want to be told of it. <see cref="TopicTable"/> alone changes it.</summary>
/// <param name="server">The server in the endpoint's path; empty for all together.</param>
/// <param name="uri">The URI that clients see.</param>
internal sealed class Topic(string server, string uri)
{
    public string Server { get; } = server;

    public string Uri { get; } = uri;

    public HashSet<ChangeListener> Listeners { get; } = [];

    /// <summary>Where the resource lies now; <see langword="null"/> while no server has it.</summary>
    public SourceResource? Resource { get; set; }

    /// <summary>The names that the resource's server goes by at this endpoint.</summary>
    public UriMap Uris { get; set; } = UriMap.Identity;

    /// <summary>What clients of the endpoint call a resource of the same server.</summary>
    /// <param name="sourceUri">The URI at the server: the topic's own, or one below it.</param>
    public string Show(string sourceUri)
    {
        var own = Resource!.Uri;
        if (sourceUri == own)
        {
            return Uri;
        }

        // What lies below a URI that is shown behind the server's prefix is read behind it too.
        var isPrefixed = Uri.Length > own.Length && Uri.EndsWith(own, StringComparison.Ordinal);
        return isPrefixed ? string.Concat(Uri.AsSpan(0, Uri.Length - own.Length), sourceUri) : Uris.Show(sourceUri);
    }
}
