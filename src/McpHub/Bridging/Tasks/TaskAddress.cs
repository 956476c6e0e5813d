namespace McpHub.Bridging.Tasks;

/// <summary>Where a task really is: the source that made it, and its id there.</summary>
/// <param name="Source">The key of the source: for a server, its name in the configuration.</param>
/// <param name="Id">The source's own id.</param>
internal readonly record struct TaskAddress(string Source, string Id);
