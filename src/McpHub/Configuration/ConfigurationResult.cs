namespace McpHub.Configuration;

/// <summary>What reading a configuration file gave: the configuration, unless an error was found, and every issue.</summary>
public sealed record ConfigurationResult
{
    /// <summary>The file that was read, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>The configuration; <see langword="null"/> when there is any error.</summary>
    public HubConfig? Config { get; init; }

    /// <summary>Errors and warnings in the order of the file.</summary>
    public IReadOnlyList<ConfigurationIssue> Issues { get; init; } = [];

    /// <summary>Whether any issue is an error.</summary>
    public bool HasErrors => Config is null;

    /// <summary>The file and those that it draws in, with what they held when they were read.</summary>
    internal IReadOnlyList<SourceFile> Sources { get; init; } = [];
}
