using McpHub.Catalog;

namespace McpHub.Bridging.Tasks;

/// <summary>A source that tells of its tasks while somebody watches them.</summary>
internal interface ITaskSource : ICatalogSource
{
    /// <summary>Begins to watch tasks; it ends with the watch.</summary>
    /// <param name="ids">The source's own ids.</param>
    /// <param name="watcher">Who is told.</param>
    /// <returns>The watch; <see langword="null"/> if there are too many already.</returns>
    ITaskWatch? TryWatch(IReadOnlyCollection<string> ids, ITaskWatcher watcher);
}
