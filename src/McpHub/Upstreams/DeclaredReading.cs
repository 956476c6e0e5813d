using McpHub.Catalog;

namespace McpHub.Upstreams;

/// <summary>What one server lists for one set of capabilities, and when it is to be asked. Not thread-safe.</summary>
/// <param name="before">What it listed over the last connection, until it is asked.</param>
/// <param name="time">The clock.</param>
internal sealed class DeclaredReading(ServerOffer? before, TimeProvider time)
{
    // Over stdio each try is a process.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    private TimeSpan? _pause;
    private long _failed;

    /// <summary>What it lists, as far as is known.</summary>
    public ServerOffer? Offer { get; private set; } = before;

    /// <summary>Whether nothing of <see cref="Offer"/> may be another by now.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Whether there is nothing to wait for: it was asked already, or what it listed before is shown.</summary>
    public bool IsTried { get; private set; } = before is not null;

    /// <summary>Whether <see cref="Offer"/> has come over this connection.</summary>
    public bool IsOfNow { get; private set; }

    /// <summary>How long until the server is to be asked; infinite if nothing has failed or changed.</summary>
    public TimeSpan Rest
    {
        get
        {
            if (_pause is not { } pause)
            {
                return IsRead ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
            }

            var rest = pause - time.GetElapsedTime(_failed);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>The server has answered.</summary>
    /// <param name="offer">What it lists.</param>
    /// <param name="isWhole">Whether it gave all of it; if not, it is asked again.</param>
    public void Take(ServerOffer offer, bool isWhole)
    {
        Offer = offer;
        IsOfNow = true;
        if (!isWhole)
        {
            Fail();
            return;
        }

        (IsTried, IsRead, _pause) = (true, true, null);
    }

    /// <summary>The server has not answered. What is known stays.</summary>
    public void Fail()
    {
        IsTried = true;
        IsRead = false;
        _pause = _pause is { } pause ? Pause.Longer(pause, LongestPause) : FirstPause;
        _failed = time.GetTimestamp();
    }

    /// <summary>The server says that its lists are others. Where the last try has failed, it is still not asked more often than at first.</summary>
    public void Renew()
    {
        IsRead = false;
        _pause = _pause is null ? null : FirstPause;
    }
}
