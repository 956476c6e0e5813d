using System.Diagnostics.Metrics;
using System.Text;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Configuration.Comparison;
using McpHub.Hosting;
using McpHub.Observability;
using McpHub.Protocol;

namespace McpHub.RateLimiting;

/// <summary>The limits that are live. Thread-safe.</summary>
internal sealed class RateLimits : IConfiguredPart, IDisposable
{
    private static readonly TimeSpan SweepPause = TimeSpan.FromSeconds(10);

    private readonly Counter<long> _refusals;
    private readonly long _started;
    private volatile LimitModel? _current;
    private ITimer? _sweeping;
    private string? _definition;

    public RateLimits(McpMetrics metrics, TimeProvider time)
    {
        Time = time;
        _started = time.GetTimestamp();
        _refusals = metrics.Counter("mcphub.limit.refusals", "{request}", "The requests that were over a limit.");
        metrics.ObserveGauge("mcphub.limit.partitions", "{partition}", "What limits count apart at present: callers, tools, servers.", CountPartitions);
        metrics.ObserveGauge("mcphub.limit.running", "{request}", "The requests that hold a place of a limit of concurrency.", () => CountSlots(slots => slots.Running));
        metrics.ObserveGauge("mcphub.limit.waiting", "{request}", "The requests that wait for a place.", () => CountSlots(slots => slots.Waiting));
    }

    public TimeProvider Time { get; }

    /// <summary>The time since the start, in ticks of 100 ns.</summary>
    public long Now => Time.GetElapsedTime(_started).Ticks;

    /// <summary><see langword="null"/> while nothing is limited.</summary>
    public LimitModel? Current => _current;

    public void Apply(HubConfig config)
    {
        var limits = config.Gateway.Limits;
        var definition = LimitText.Of(limits.Rules) + LimitText.Of(limits.Tiers) + limits.Partitions;
        if (definition == _definition)
        {
            return;
        }

        _definition = definition;
        _current = limits.Rules.Count + limits.Tiers.Count == 0 ? null : new LimitModel(limits, _current);
        _sweeping ??= _current is null ? null : Time.CreateTimer(_ => Sweep(), null, SweepPause, SweepPause);
    }

    /// <summary>What a request is told that is over a limit.</summary>
    /// <param name="rule">The limit.</param>
    /// <param name="wait">When it may be worth another try, in ticks.</param>
    public Failure Refuse(LimitRule rule, long wait)
    {
        _refusals.Add(1, new KeyValuePair<string, object?>("mcphub.limit.name", rule.Name));

        // Whole seconds are all that the header knows; one too early is refused again.
        var seconds = (int)Math.Clamp(((wait - 1) / TimeSpan.TicksPerSecond) + 1, 1, 24 * 3600);
        var data = new StringBuilder().Append("{\"retry_after\":").Append(seconds).Append(",\"limit\":").Append(Encoding.UTF8.GetString(JsonText.Encode(rule.Name))).Append('}');
        return new Failure(FailureKind.RateLimited, $"Rate limited: the limit '{rule.Name}' is reached. Try again in {seconds} s.", Encoding.UTF8.GetBytes(data.ToString()))
        {
            RetryAfter = seconds,
        };
    }

    public void Dispose() => _sweeping?.Dispose();

    private void Sweep()
    {
        foreach (var rule in _current?.Rules ?? [])
        {
            rule.Partitions.Sweep(Now);
        }
    }

    private IEnumerable<Measurement<int>> CountPartitions() => (_current?.Rules ?? []).Select(rule => Measure(rule, rule.Partitions.Count));

    private IEnumerable<Measurement<int>> CountSlots(Func<ConcurrencySlots, int> count) => (_current?.Rules ?? [])
        .Where(rule => rule.Kind == LimitKind.Concurrency)
        .Select(rule => Measure(rule, rule.Partitions.All.Cast<ConcurrencySlots>().Sum(count)));

    private static Measurement<int> Measure(LimitRule rule, int value) => new(value, new KeyValuePair<string, object?>("mcphub.limit.name", rule.Name));
}
