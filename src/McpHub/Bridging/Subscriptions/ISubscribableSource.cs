using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>A source whose resources can be subscribed to. Whoever subscribes counts: the source itself knows each URI once.</summary>
internal interface ISubscribableSource : ICatalogSource
{
    /// <summary>From now on the source is to tell of this resource.</summary>
    /// <param name="uri">The resource's URI at the source.</param>
    /// <returns>
    /// Completes when the server has taken it or refused it, with the refusal. At once and without one while the server is away: it is
    /// asked when it comes back.
    /// </returns>
    Task<Failure?> SubscribeAsync(string uri);

    /// <summary>Nobody wants to be told of this resource any more.</summary>
    void Unsubscribe(string uri);
}
