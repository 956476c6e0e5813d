namespace McpHub.Bridging.Tasks;

/// <summary>Some tasks of one source that somebody watches, until it is disposed.</summary>
internal interface ITaskWatch : IAsyncDisposable
{
    /// <summary>Completes with those that the source will tell of. Never fails.</summary>
    Task<IReadOnlyCollection<string>> Honoured { get; }
}
