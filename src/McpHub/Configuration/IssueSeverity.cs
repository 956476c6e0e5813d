namespace McpHub.Configuration;

/// <summary>What an issue means for the configuration that it was found in.</summary>
public enum IssueSeverity
{
    /// <summary>The configuration is used; something in it has no effect or is probably not meant.</summary>
    Warning,

    /// <summary>The configuration is not used.</summary>
    Error,
}
