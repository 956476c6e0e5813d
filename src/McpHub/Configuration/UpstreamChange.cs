namespace McpHub.Configuration;

/// <summary>A server that is in both configurations.</summary>
public sealed record UpstreamChange
{
    /// <summary>The server as it was.</summary>
    public required UpstreamConfig Old { get; init; }

    /// <summary>The server as it is to be.</summary>
    public required UpstreamConfig New { get; init; }

    /// <summary>The keys in the file whose values differ, such as <c>args</c> or <c>include</c>.</summary>
    public required IReadOnlyList<string> Settings { get; init; }

    /// <summary>Whether the connection, or the process, has to be made anew.</summary>
    public required bool NeedsConnection { get; init; }

    /// <summary>The change as one line, <c>~ files: args, env</c>.</summary>
    public override string ToString() => $"~ {New.Name}: {string.Join(", ", Settings)}";
}
