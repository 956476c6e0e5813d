using McpHub.Catalog;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Upstreams;

/// <summary>
/// Reads lists for calls that they no longer fit. Calls that come while a reading is due or under way share it, and one reading after the
/// other comes ever more seldom (<see cref="RefreshPace"/>). Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SharedReading(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly RefreshPace _pace = new(time);
    private Task<ServerOffer>? _pending;

    /// <summary>The offer that is read next, or is being read. It fails as the reading does.</summary>
    /// <param name="read">Reads it, if nobody does; has a deadline of its own, because the callers' don't end it.</param>
    public Task<ServerOffer> ReadAsync(Func<Task<ServerOffer>> read)
    {
        lock (_lock)
        {
            return _pending is { IsCompleted: false } pending ? pending : _pending = Task.Run(() => RunAsync(read));
        }
    }

    private async Task<ServerOffer> RunAsync(Func<Task<ServerOffer>> read)
    {
        if (_pace.Next() is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, time);
        }

        try
        {
            return await read();
        }
        finally
        {
            _pace.Done();
        }
    }
}
