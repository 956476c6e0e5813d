using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Tasks;

/// <summary>The tasks of one source that a client wants to be told of. Immutable.</summary>
/// <param name="Source">The source.</param>
/// <param name="Uris">URIs of the source that clients see under another name.</param>
/// <param name="ClientIds">By the source's own id those that the client knows the task by: each sealing makes another.</param>
internal sealed record WatchedTasks(ITaskSource Source, UriMap Uris, ILookup<string, string> ClientIds)
{
    /// <summary>How many tasks one listen request may name. The newest state of each may have to be kept for a slow client.</summary>
    public const int Most = 100;

    /// <summary>The source's own ids.</summary>
    public IReadOnlyCollection<string> Ids { get; } = [.. ClientIds.Select(task => task.Key)];

    /// <summary>Opens the ids that a client brought.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="ids">What opens them.</param>
    /// <param name="clientIds">The ids, each once.</param>
    /// <param name="watched">The tasks, by their sources.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static Failure? TryOpen(McpContext context, TaskIds ids, IReadOnlyList<string> clientIds, out IReadOnlyList<WatchedTasks> watched)
    {
        watched = [];
        if (clientIds.Count == 0 || !context.View.HasTasks)
        {
            return null;
        }

        if (clientIds.Count > Most)
        {
            return new Failure(FailureKind.Overloaded, $"Too many tasks: one listen request may name {Most}.");
        }

        var tasks = new List<(ITaskSource Source, UriMap Uris, string Id, string ClientId)>();
        foreach (var clientId in clientIds)
        {
            // One answer for all that is not the caller's own: nobody learns which ids there are.
            if (!ids.TryOpen(clientId, context.Caller.Key, out var address)
                || context.View.FindTaskSource(address.Source) is not var (source, uris))
            {
                return new Failure(FailureKind.InvalidParams, "Invalid params: 'params.notifications.taskIds' names a task that there is not, or that has expired.");
            }

            if (source is ITaskSource telling)
            {
                tasks.Add((telling, uris, address.Id, clientId));
            }
        }

        watched = [.. tasks.GroupBy(t => t.Source).Select(g => new WatchedTasks(g.Key, g.First().Uris, g.ToLookup(t => t.Id, t => t.ClientId)))];
        return null;
    }
}
