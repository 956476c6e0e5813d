using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>One resource of one source, with the topics of all endpoints that show it. <see cref="TopicTable"/> alone changes it.</summary>
/// <param name="source">The source.</param>
/// <param name="uri">The URI at the source.</param>
internal sealed class SourceResource(ISubscribableSource source, string uri)
{
    public ISubscribableSource Source { get; } = source;

    public string Uri { get; } = uri;

    public List<Topic> Topics { get; } = [];

    /// <summary>Completes when the server has taken the subscription, or refused it.</summary>
    public required Task<Failure?> Established { get; init; }
}
