using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using McpHub.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpHub.Streaming;

/// <summary>The streams of all callers, from their start until their time is over. Thread-safe.</summary>
internal sealed partial class StreamRegistry : IConfiguredPart, IHostedService, IDisposable
{
    private const string Stopping = "The gateway is stopping.";

    // Deadlines of streams are minutes.
    private static readonly TimeSpan SweepPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, HubStream> _streams = new();
    private readonly StreamServices _services;
    private readonly StreamAdmission _admission;
    private readonly StreamQuota _quota = new();
    private readonly TimeProvider _time;
    private readonly ITimer _sweeping;
    private volatile StreamsConfig _config = new();

    public StreamRegistry(McpMetrics metrics, TimeProvider time, ILogger<StreamServices> logger)
    {
        _time = time;
        _services = new StreamServices(new StreamMetrics(metrics), time, logger);
        _admission = new StreamAdmission(_services.Budget, time);
        _sweeping = time.CreateTimer(static registry => ((StreamRegistry)registry!).Sweep(), this, SweepPause, SweepPause);
        metrics.ObserveGauge("mcphub.stream.active", "{stream}", "The streams whose tool runs.", CountActive);
        metrics.ObserveGauge("mcphub.stream.waiting", "{stream}", "The starts that wait for a place.", () => [new(_admission.Waiting)]);
        metrics.ObserveGauge("mcphub.stream.held", "By", "The bytes that all streams hold.", () => [new((int)_services.Budget.Held)]);
    }

    /// <summary>How many streams there are, ended ones too.</summary>
    public int Count => _streams.Count;

    /// <summary>How many streams hold a place, because their tool has not come back yet.</summary>
    public int Running => _admission.Running;

    /// <summary>How many starts wait for a place.</summary>
    public int Waiting => _admission.Waiting;

    /// <summary>The bytes that all streams may hold, and do.</summary>
    public StreamBudget Budget => _services.Budget;

    public StreamsConfig Config => _config;

    public void Apply(HubConfig config)
    {
        _config = config.Gateway.Streams;
        _services.Budget.Limit = _config.MaxTotalBytes;
        _admission.Apply(_config);
    }

    /// <summary>Starts a stream, as soon as there is a place for it.</summary>
    public async ValueTask<StreamStart> StartAsync(StreamRequest request, CancellationToken cancellationToken)
    {
        var config = _config;
        if (Crowd(request.CallerKey, config) is { } refusal)
        {
            return StreamStart.Refused(refusal);
        }

        var sizes = StreamSizes.Of(config);
        AdmissionOutcome outcome;
        try
        {
            outcome = await _admission.EnterAsync(request.Priority, sizes.High, cancellationToken);
        }
        catch
        {
            _quota.Leave(request.CallerKey);
            throw;
        }

        if (outcome != AdmissionOutcome.Admitted)
        {
            _quota.Leave(request.CallerKey);
            return StreamStart.Refused(Explain(outcome, config));
        }

        var stream = new HubStream(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), request.Tool, request.CallerKey, sizes, _services);
        _streams[stream.Id] = stream;
        _services.Metrics.Started(stream.Tool);
        if (_services.Budget.IsWarningDue())
        {
            _services.WarnOfAll(stream.Tool);
        }

        if (_admission.IsClosed)
        {
            // It was let in just before, and whoever stops all streams may have looked already.
            stream.Stop(StreamStatus.Failed, FailureKind.Cancelled, Stopping);
        }

        // Sees to its own failures: they are the outcome.
        _ = Task.Run(() => RunAsync(stream, request), CancellationToken.None);
        return new StreamStart(stream, "");
    }

    /// <summary>A stream of this caller; <see langword="null"/> for one of another, and for one that is not there (any more).</summary>
    public HubStream? Find(string id, string callerKey) =>
        _streams.GetValueOrDefault(id) is { } stream && stream.CallerKey == callerKey ? stream : null;

    /// <summary>Reads a stream from a part on, which acknowledges those before it: they are forgotten.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="offset">The number of the part; <see langword="null"/> for the first that is kept, which acknowledges nothing.</param>
    /// <param name="mostBytes">The most bytes of parts; one part is given in any case.</param>
    /// <param name="wait">How long to wait where there is no part yet.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StreamOffsetException">There is no such part any more, or not yet.</exception>
    public async ValueTask<StreamPage> ReadAsync(HubStream stream, long? offset, int mostBytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        stream.BeginRead();
        try
        {
            var buffer = stream.Buffer;
            if (offset is { } number)
            {
                // A cancelled stream has forgotten its parts, and its reader is told that rather than where they began.
                if (stream.Status != StreamStatus.Cancelled && (number < buffer.First || number > buffer.Count))
                {
                    throw new StreamOffsetException(number < buffer.First
                        ? $"'offset' is {number}, and the parts before {buffer.First} were acknowledged and are forgotten. Read from {buffer.First}."
                        : $"'offset' is {number}, and the stream has given {buffer.Count} parts so far. Read from {buffer.Count} at most.");
                }

                buffer.Acknowledge(number);
                _admission.Look();
            }

            await WaitAsync(buffer.WhenReadableAsync(Math.Max(offset ?? 0, buffer.First)), wait, cancellationToken);
            var status = stream.Look(out var outcome);
            var parts = new List<byte[]>();
            var first = buffer.Read(offset ?? 0, mostBytes, parts);
            var isLast = status != StreamStatus.Running && first + parts.Count == buffer.Count;
            stream.WasReadToEnd |= isLast;
            _services.Metrics.Out(stream.Tool, parts.Sum(static p => (long)p.Length));
            return new StreamPage(stream, first, parts, status, isLast ? outcome : null);
        }
        finally
        {
            stream.EndRead();
        }
    }

    /// <summary>Cancels a stream for its caller; one that has ended is forgotten.</summary>
    /// <returns>Whether it was running.</returns>
    public bool Cancel(HubStream stream)
    {
        if (stream.Stop(StreamStatus.Cancelled, FailureKind.Cancelled, "The caller cancelled the stream."))
        {
            stream.WasReadToEnd = true;
            return true;
        }

        Forget(stream);
        return false;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends all streams, and waits for their tools.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _admission.Close();
        foreach (var (_, stream) in _streams)
        {
            stream.Stop(StreamStatus.Failed, FailureKind.Cancelled, Stopping);
        }

        try
        {
            await _admission.WhenEmptyAsync().WaitAsync(_config.Wait, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // A tool that does not listen to its token ends with the process.
        }
    }

    public void Dispose() => _sweeping.Dispose();

    private async Task RunAsync(HubStream stream, StreamRequest request)
    {
        try
        {
            stream.Finish(await request.RunAsync(new StreamSink(stream), stream.Cancellation));
        }
        catch (OperationCanceledException) when (stream.Cancellation.IsCancellationRequested)
        {
            // Whoever has cancelled it has said why.
        }
        catch (Exception e)
        {
            _services.ReportFailed(e, stream.Tool);
            stream.Finish(StreamOutcome.Failed(FailureKind.Internal, "Internal error: the gateway failed to run the tool; its log says why."));
        }
        finally
        {
            stream.Dispose();
            Trim(stream.CallerKey);
            _admission.Leave();
        }
    }

    private async ValueTask WaitAsync(Task task, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (task.IsCompleted || wait <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await task.WaitAsync(wait, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing has come: the page says so.
        }
    }

    private void Sweep()
    {
        var config = _config;
        foreach (var (_, stream) in _streams)
        {
            if (stream.Status != StreamStatus.Running)
            {
                if (Since(Math.Max(stream.EndedAt, stream.LastRead)) > config.Retention || Since(stream.EndedAt) > config.Retention + config.TotalTimeout)
                {
                    Forget(stream);
                }
            }
            else if (Since(stream.StartedAt) > config.TotalTimeout)
            {
                stream.Stop(StreamStatus.Failed, FailureKind.TimedOut, $"The tool took longer than {config.TotalTimeout} for all of the stream (gateway.streams.totalTimeout).");
            }
            else if (Since(stream.LastRead) > config.IdleTimeout)
            {
                stream.Stop(StreamStatus.Cancelled, FailureKind.Cancelled, $"Nobody has read the stream for {config.IdleTimeout} (gateway.streams.idleTimeout).");
            }
            else if (!stream.Buffer.IsPaused && Since(stream.LastGiven) > config.IdleTimeout)
            {
                stream.Stop(StreamStatus.Failed, FailureKind.TimedOut, $"The tool has given nothing for {config.IdleTimeout} (gateway.streams.idleTimeout).");
            }
        }

        _admission.Look();
    }

    private TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

    private IEnumerable<Measurement<int>> CountActive() => _streams.Values
        .Where(static s => s.Status == StreamStatus.Running)
        .CountBy(static s => s.Tool)
        .Select(static tool => new Measurement<int>(tool.Value, StreamMetrics.Tool(tool.Key)));

    private static string Explain(AdmissionOutcome outcome, StreamsConfig config) => outcome switch
    {
        AdmissionOutcome.QueueFull => $"{config.MaxActive} streams may run, within {config.MaxTotalBytes} bytes, and as many starts wait as may (gateway.streams.maxActive, maxTotalBytes, queue). Try again later.",
        AdmissionOutcome.Displaced => "The start waited for a place, and made room for one of a higher priority (gateway.streams.queue). Try again later.",
        AdmissionOutcome.TimedOut => $"There was no place for {config.Wait} (gateway.streams.wait): {config.MaxActive} streams may run, within {config.MaxTotalBytes} bytes (maxActive, maxTotalBytes). Try again later.",
        _ => Stopping,
    };
}
