namespace McpHub.Pipeline.Nested;

/// <summary>A tool that does its work by calling others on its caller's behalf, or by asking its caller.</summary>
internal interface INestingTool
{
    /// <summary>Runs the tool once.</summary>
    /// <param name="run">Who wants what, and the way to other tools and to the caller.</param>
    /// <param name="cancellationToken">Cancelled when the caller has no more use for the result.</param>
    Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken);
}
