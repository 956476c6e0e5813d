using McpHub.Catalog;

namespace McpHub.Upstreams;

/// <summary>What a connection tells its upstream, from whatever thread it noticed on.</summary>
internal interface IUpstreamEvents
{
    /// <summary>The server says that one of its lists has changed.</summary>
    void OnListChanged(ListMember list);
}
