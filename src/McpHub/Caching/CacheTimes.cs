namespace McpHub.Caching;

/// <summary>Until when a result is good for what, in ticks of the clock that gave it. Immutable.</summary>
/// <param name="RefreshFrom">From here on it is fetched anew if it is asked for often.</param>
/// <param name="FreshUntil">Until here it is the answer.</param>
/// <param name="StaleUntil">Until here it is the answer while it is fetched anew.</param>
/// <param name="ErrorUntil">Until here it is the answer if there is no other.</param>
internal readonly record struct CacheTimes(long RefreshFrom, long FreshUntil, long StaleUntil, long ErrorUntil)
{
    /// <summary>Until when it is worth its memory.</summary>
    public long End => Math.Max(StaleUntil, ErrorUntil);

    public static CacheTimes Of(TimeProvider time, CacheRule rule, TimeSpan ttl)
    {
        var now = time.GetTimestamp();
        var fresh = now + Ticks(time, ttl);
        return new CacheTimes(
            rule.RefreshAhead ? now + Ticks(time, ttl * 0.8) : long.MaxValue,
            fresh,
            fresh + Ticks(time, rule.StaleWhileRevalidate),
            fresh + Ticks(time, rule.StaleIfError));
    }

    public static long Ticks(TimeProvider time, TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
