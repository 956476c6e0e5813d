namespace McpHub.Bridging.Tasks;

/// <summary>Where a task really is: the source that made it, and its id there.</summary>
/// <param name="Source">The name of the server in the configuration, or of another source of the catalog.</param>
/// <param name="Id">The source's own id.</param>
internal readonly record struct TaskAddress(string Source, string Id);
