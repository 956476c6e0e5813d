using System.Diagnostics.Metrics;
using McpHub.Caching;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using McpHub.RateLimiting;
using Microsoft.Extensions.Logging;

namespace McpHub.Batching;

/// <summary>What all batches share: their bounds, and what is known of the servers. Thread-safe.</summary>
internal sealed partial class BatchEngine : IConfiguredPart
{
    // Those that one call is made for come at once; one that is held up by a limit holds up the others no longer than this.
    private static readonly TimeSpan BulkWait = TimeSpan.FromMilliseconds(20);

    private readonly RateLimits _limits;
    private readonly ResultCache _cache;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _runs;
    private readonly Counter<long> _items;
    private volatile BatchModel _current;
    private BatchLanes _lanes;

    public BatchEngine(RateLimits limits, ResultCache cache, McpMetrics metrics, TimeProvider time, ILogger<BatchEngine> logger)
    {
        _limits = limits;
        _cache = cache;
        _time = time;
        _logger = logger;
        _lanes = new BatchLanes(HubConfig.Default.Gateway.Batch);
        _current = Make(HubConfig.Default, null);
        _runs = metrics.Counter("mcphub.batch.runs", "{batch}", "The batches that have ended, by mode.");
        BulkCalls = metrics.Counter("mcphub.batch.bulk_calls", "{call}", "The calls that were made for several at once.");
        _items = metrics.Counter("mcphub.batch.items", "{item}", "The items of batches, by outcome and by how the result was had.");
        metrics.ObserveGauge("mcphub.batch.running", "{call}", "The calls of batches that run.", () => [new(_current.Services.Admissions.Running)]);
        metrics.ObserveGauge("mcphub.batch.waiting", "{call}", "The calls of batches that wait for a place.", () => [new(_current.Services.Admissions.Waiting)]);
        metrics.ObserveGauge("mcphub.batch.limit", "{call}", "How many calls of batches a server is given at the same time now.", ReadLimits);
    }

    /// <summary>What is live; read once for each batch.</summary>
    public BatchModel Current => _current;

    /// <summary>Counts the calls that are made for several.</summary>
    public Counter<long> BulkCalls { get; }

    public void Apply(HubConfig config)
    {
        var old = _current;
        if (config.Gateway.Batch == old.Config)
        {
            _current = Make(config, old.Services);
            return;
        }

        _lanes = new BatchLanes(config.Gateway.Batch);
        _current = Make(config, null);
    }

    /// <summary>Counts a batch that has ended, and its items.</summary>
    public void Count(BatchRequest request, IEnumerable<ItemOutcome> outcomes)
    {
        _runs.Add(1, new KeyValuePair<string, object?>("mcphub.batch.mode", request.IsSequential ? "sequential" : "parallel"));
        foreach (var outcome in outcomes)
        {
            var how = outcome.SameAs is not null ? "shared" : outcome.IsFromCache ? "cached" : "own";
            _items.Add(1, new("mcphub.batch.item.status", outcome.Status.Text()), new("mcphub.batch.item.source", how));
        }
    }

    private BatchModel Make(HubConfig config, BatchServices? services)
    {
        var batch = config.Gateway.Batch;
        services ??= new BatchServices
        {
            Admissions = new Admissions(new AdmissionLimits(batch.Concurrency, batch.MaxWaiting, batch.Ageing), _time),
            Time = _time,
            MostOfBatch = batch.PerBatch,
            MostBytes = batch.MaxResultBytes,
            Timeout = batch.Timeout,
            BulkWait = BulkWait,
            OnBroken = e => LogBroken(_logger, e),
        };
        return new BatchModel(config, services, _lanes, _cache, _limits.Current);
    }

    private IEnumerable<Measurement<int>> ReadLimits() =>
        _lanes.Servers.Select(lane => new Measurement<int>(lane.Limit, new KeyValuePair<string, object?>("mcphub.server.name", lane.Name)));

    [LoggerMessage(260, LogLevel.Error, "A call of a batch failed in a way that it should not have.")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
