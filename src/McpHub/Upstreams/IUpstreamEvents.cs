using McpHub.Catalog;

namespace McpHub.Upstreams;

/// <summary>What a connection tells its upstream, from whatever thread it noticed on.</summary>
internal interface IUpstreamEvents
{
    /// <summary>The server says that one of its lists has changed.</summary>
    void OnListChanged(ListMember list);

    /// <summary>The server says that a resource has changed.</summary>
    void OnResourceUpdated(string uri);

    /// <summary>The server can be heard from now on, for the first time: what it may have said since its lists were read is lost.</summary>
    void OnHeard();

    /// <summary>The server could not be heard for a while: anything may have changed.</summary>
    /// <param name="isNewSession">Whether it has begun a new session, which knows of no subscription.</param>
    void OnUnheard(bool isNewSession);
}
