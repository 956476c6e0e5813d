using System.Collections.Frozen;
using McpHub.Configuration;
using McpHub.Security.Permissions;

namespace McpHub.Catalog;

/// <summary>Everything that the gateway shows at one moment. Immutable; a change builds the next one and swaps the reference.</summary>
/// <param name="Config">The configuration that it was built by.</param>
/// <param name="Root">All servers together.</param>
/// <param name="Servers">Each server by itself, by the name in its path.</param>
internal sealed record CatalogSnapshot(HubConfig Config, CatalogView Root, FrozenDictionary<string, CatalogView> Servers)
{
    /// <summary>Who may have what; <see langword="null"/> for everybody everything. The views are built by it.</summary>
    public PolicyModel? Policy { get; init; }

    public static CatalogSnapshot Empty { get; } =
        new(HubConfig.Default, CatalogView.Empty, FrozenDictionary<string, CatalogView>.Empty);

    /// <summary>What one endpoint shows.</summary>
    /// <param name="server">The server in its path; empty for all together.</param>
    /// <returns><see langword="null"/> if there is no such server.</returns>
    public CatalogView? ViewOf(string server) => server.Length == 0 ? Root : Servers.GetValueOrDefault(server);
}
