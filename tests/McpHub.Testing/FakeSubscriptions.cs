using System.Collections.Concurrent;
using McpHub.Protocol;

namespace McpHub.Testing;

/// <summary>What a <see cref="FakeUpstream"/> has been asked to tell of, and how it tells: on listen streams, or on those of sessions.</summary>
internal sealed class FakeSubscriptions(FakeUpstream upstream)
{
    private readonly ConcurrentDictionary<string, FakeListen> _listens = new();
    private readonly ConcurrentDictionary<string, byte> _subscribed = new();

    /// <summary>The resources that are subscribed to now.</summary>
    public IReadOnlyList<string> Uris => upstream.Revision.IsModern()
        ? [.. _listens.Values.SelectMany(l => l.Uris).Distinct().Order()]
        : [.. _subscribed.Keys.Order()];

    /// <summary>The listen requests that are open.</summary>
    public IReadOnlyList<FakeListen> Listens => [.. _listens.Values];

    /// <summary>Those of them that ask for tasks.</summary>
    public IReadOnlyList<FakeListen> TaskListens => [.. _listens.Values.Where(l => l.AsksForTasks)];

    /// <summary>Resources that it doesn't let be subscribed to, and tasks that it tells nobody of.</summary>
    public IReadOnlyList<string> Refused { get; set; } = [];

    /// <summary>Tells of a change to whoever listens.</summary>
    /// <param name="method">The notification.</param>
    /// <param name="uri">The resource, for one.</param>
    public async Task TellAsync(string method, string? uri = null)
    {
        var member = uri is null ? "" : "\"uri\":\"" + uri + "\"";
        if (!upstream.Revision.IsModern())
        {
            await upstream.BroadcastAsync(Rpc.Notification(method, "{" + member + "}"));
            return;
        }

        foreach (var listen in Listens.Where(l => !l.AsksForTasks))
        {
            listen.Tell(method, member);
        }
    }

    /// <summary>Says how a task is, on the listen streams that ask for it.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="members">The members of the params, beside <c>_meta</c>.</param>
    public void TellTask(string taskId, string members)
    {
        foreach (var listen in TaskListens.Where(l => l.TaskIds.Contains(taskId)))
        {
            listen.Tell("notifications/tasks", members);
        }
    }

    /// <summary>Breaks every listen stream off, as a restart would.</summary>
    public void Break()
    {
        foreach (var listen in Listens)
        {
            listen.End();
        }
    }

    internal async Task ListenAsync(FakeExchange x)
    {
        var filter = x.Request.Params.GetProperty("notifications");
        var asked = filter.TryGetProperty("resourceSubscriptions", out var uris) ? uris.EnumerateArray().Select(u => u.GetString()!).ToArray() : [];
        var asksForTasks = filter.TryGetProperty("taskIds", out var ids);
        var tasks = asksForTasks ? ids.EnumerateArray().Select(t => t.GetString()!).ToArray() : [];
        var listen = new FakeListen(x, [.. asked.Except(Refused)]) { AsksForTasks = asksForTasks, TaskIds = [.. tasks.Except(Refused)] };

        // First: whoever has seen the acknowledgement may have it tell at once.
        _listens[x.Request.Id] = listen;
        try
        {
            await listen.AcknowledgeAsync();
            await listen.RunAsync();
        }
        finally
        {
            _listens.TryRemove(new KeyValuePair<string, FakeListen>(x.Request.Id, listen));
        }
    }

    internal Task SubscribeAsync(FakeExchange x)
    {
        var uri = x.Request.Params.GetProperty("uri").GetString()!;
        if (Refused.Contains(uri))
        {
            return x.ErrorAsync(-32002, "Resource not found");
        }

        if (x.Request.Method == "resources/subscribe")
        {
            _subscribed[uri] = 0;
        }
        else
        {
            _subscribed.TryRemove(uri, out _);
        }

        return x.ResultAsync("{}");
    }

    internal void Forget() => _subscribed.Clear();
}
