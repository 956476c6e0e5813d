using McpHub.Catalog;

namespace McpHub.Upstreams;

/// <summary>
/// When a server's lists are to be read again because the time is over for which it says that they are good (2026-07-28, "Caching").
/// Not thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ListFreshness(TimeProvider time)
{
    /// <summary>The shortest time between two readings, whatever the server says: a <c>ttlMs</c> is no interval to poll at.</summary>
    public static TimeSpan Floor { get; } = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // Not all servers, and not all gateways of a server, at the same moment.
    private const double Jitter = 0.1;

    private TimeSpan _good = Timeout.InfiniteTimeSpan;
    private TimeSpan _pause = Floor;
    private long _since;

    /// <summary>How long until the lists are to be read; infinite if the server doesn't say how long they are good.</summary>
    public TimeSpan Rest
    {
        get
        {
            if (_good == Timeout.InfiniteTimeSpan)
            {
                return _good;
            }

            var rest = _good - time.GetElapsedTime(_since);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>The lists have been read.</summary>
    /// <param name="good">The time that they are good for; <see langword="null"/> if the server gives none.</param>
    public void Taken(TimeSpan? good)
    {
        _pause = Floor;
        Begin(good is { } stated ? TimeSpan.FromTicks(Math.Clamp(stated.Ticks, Floor.Ticks, Longest.Ticks)) : Timeout.InfiniteTimeSpan);
    }

    /// <summary>The server has been asked for its lists, and has given them as far as <see cref="ServerOffer.Refused"/> says.</summary>
    public void Listed(ServerOffer offer)
    {
        if (offer.Refused.Count > 0)
        {
            Failed();
        }
        else
        {
            Taken(offer.GoodFor);
        }
    }

    /// <summary>They could not be read. What is known serves on, and is tried again, ever more seldom.</summary>
    public void Failed()
    {
        Begin(_pause);
        _pause = Pause.Longer(_pause, LongestPause);
    }

    private void Begin(TimeSpan good)
    {
        _good = good == Timeout.InfiniteTimeSpan ? good : good * (1 + (Random.Shared.NextDouble() * Jitter));
        _since = time.GetTimestamp();
    }
}
