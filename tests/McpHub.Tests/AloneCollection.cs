namespace McpHub.Tests;

/// <summary>Tests that measure the memory of the whole process, or hear all of its spans, and so run with no others beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
