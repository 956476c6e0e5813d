namespace McpHub.Configuration;

/// <summary>When a server's name is put before those of its tools and prompts.</summary>
public enum PrefixMode
{
    /// <summary>Always, so that no name depends on which other servers there are.</summary>
    Always,

    /// <summary>Only where two servers use the same name; then for both of them.</summary>
    Conflict,

    /// <summary>Never for the first server that uses a name; later ones with the same name get the prefix.</summary>
    Never,
}
