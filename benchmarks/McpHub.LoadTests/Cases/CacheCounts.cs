using System.Globalization;

namespace McpHub.LoadTests.Cases;

/// <summary>How often a gateway's cache was asked until now, and how often it had the answer.</summary>
internal readonly record struct CacheCounts(double Hits, double Requests)
{
    private const string Counter = "mcphub_cache_requests_total{";

    /// <summary>Reads them from the gateway's metrics, without giving up the thread that drives the load.</summary>
    public static CacheCounts Read(Uri metrics)
    {
        using var client = new HttpClient();
        using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, metrics));
        using var text = new StreamReader(answer.Content.ReadAsStream());
        var counts = default(CacheCounts);
        while (text.ReadLine() is { } line)
        {
            if (!line.StartsWith(Counter, StringComparison.Ordinal))
                continue;
            var value = double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
            var isHit = line.Contains("=\"hit\"", StringComparison.Ordinal);
            counts = new CacheCounts(counts.Hits + (isHit ? value : 0), counts.Requests + value);
        }

        return counts;
    }

    /// <summary>The part of the requests since <paramref name="before"/> that were hits; <see langword="null"/> without requests.</summary>
    public double? HitRatioSince(CacheCounts before) =>
        Requests > before.Requests ? (Hits - before.Hits) / (Requests - before.Requests) : null;
}
