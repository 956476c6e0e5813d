using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Observability;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>Owns the upstreams: starts them all at once, replaces what a new configuration changes, ends them. Not thread-safe.</summary>
internal sealed class UpstreamSet(McpMetrics metrics, InputServices inputs, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly List<Upstream> _upstreams = [];
    private readonly List<Task> _ending = [];

    /// <summary>Called, on whatever thread, with a server and the URI of a resource of its own that has changed.</summary>
    public Action<Upstream, string>? ResourceUpdated { get; init; }

    /// <summary>The sets of capabilities that servers are asked about.</summary>
    public required DeclaredSets DeclaredSets { get; init; }

    /// <summary>The upstreams that are configured and not disabled, in the order of the configuration.</summary>
    public IReadOnlyList<Upstream> Current { get; private set; } = [];

    /// <summary>Makes the set what the configuration says. Upstreams whose connection is the same keep their processes and sessions.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="showChange">Called when an upstream has changed by itself; completes when clients see it.</param>
    /// <param name="keeps">Whether an upstream can go on under a new configuration.</param>
    /// <returns>The upstreams that are not needed any more: to be given to <see cref="Drain"/> when nobody can find them any more.</returns>
    public IReadOnlyCollection<Upstream> Apply(HubConfig config, Func<Task> showChange, Func<UpstreamConfig, UpstreamConfig, bool> keeps)
    {
        var old = _upstreams.ToDictionary(u => u.Name);
        var starting = new List<Upstream>();
        _upstreams.Clear();
        foreach (var upstream in config.Upstreams.Where(u => !u.Disabled))
        {
            if (old.TryGetValue(upstream.Name, out var same) && keeps(same.Config, upstream))
            {
                same.Reconfigure(upstream, config.Gateway);
                old.Remove(upstream.Name);
                _upstreams.Add(same);
            }
            else
            {
                var added = new Upstream(upstream, config.Gateway, metrics, inputs, time, loggers.CreateLogger("McpHub.Upstreams." + upstream.Name))
                {
                    DeclaredSets = DeclaredSets,
                    ShowChange = showChange,
                };
                added.ResourceUpdated += ResourceUpdated;

                // What it offered before is shown until it is there: a tool that is only away must not become an unknown one.
                added.Expect(same?.Offer, same?.Declared ?? DeclaredOffers.Same);
                starting.Add(added);
                _upstreams.Add(added);
            }
        }

        foreach (var removed in old.Values)
        {
            removed.ShowChange = null;
            removed.ResourceUpdated -= ResourceUpdated;
        }

        Current = [.. _upstreams];

        // Not sooner: what it offers is looked for there.
        starting.ForEach(added => added.Start());
        return old.Values;
    }

    /// <summary>Ends upstreams that are not needed any more, when their calls have ended or the limit is over.</summary>
    public void Drain(IReadOnlyCollection<Upstream> removed, TimeSpan limit)
    {
        _ending.RemoveAll(t => t.IsCompleted);
        _ending.AddRange(removed.Select(upstream => DrainAsync(upstream, limit)));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll([.. _upstreams.Select(u => u.DisposeAsync().AsTask()), .. _ending]);
    }

    /// <summary>In-flight calls finish on what they began with, as long as the drain takes.</summary>
    private static async Task DrainAsync(Upstream upstream, TimeSpan limit)
    {
        await upstream.WhenIdleAsync(limit);
        await upstream.DisposeAsync();
    }
}
