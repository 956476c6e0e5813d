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

    /// <summary>Resources that it doesn't let be subscribed to.</summary>
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

        foreach (var listen in Listens)
        {
            listen.Tell(method, member);
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
        var listen = new FakeListen(x, [.. asked.Except(Refused)]);
        await listen.AcknowledgeAsync();
        _listens[x.Request.Id] = listen;
        try
        {
            await listen.RunAsync();
        }
        finally
        {
            _listens.TryRemove(x.Request.Id, out _);
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
