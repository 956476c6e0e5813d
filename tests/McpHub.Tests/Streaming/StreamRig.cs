using System.Diagnostics.Metrics;
using System.Text;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Streaming;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpHub.Tests.Streaming;

/// <summary>The streams of a gateway, with a clock that a test moves and tools that it scripts.</summary>
internal sealed class StreamRig : IDisposable
{
    public const string Caller = "caller";

    private readonly ServiceProvider _services;
    private readonly MeterListener _listener;
    private readonly Dictionary<string, long> _counts = [];

    public StreamRig(StreamsConfig? config = null)
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = _services.GetRequiredService<IMeterFactory>();
        var loggers = LoggerFactory.Create(b => b.AddProvider(Log));
        Metrics = new McpMetrics(meters);
        Streams = new StreamRegistry(Metrics, Time, loggers.CreateLogger<StreamServices>());
        Streams.Apply(new HubConfig { Gateway = new GatewayConfig { Streams = config ?? new StreamsConfig() } });
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name.StartsWith("mcphub.stream.", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Count(instrument.Name, 1, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Count(instrument.Name, value, tags));
        _listener.Start();
    }

    public FakeTimeProvider Time { get; } = new();

    public CapturedLog Log { get; } = new();

    public McpMetrics Metrics { get; }

    public StreamRegistry Streams { get; }

    /// <summary>The sum of what an instrument was told; with a direction where it has one.</summary>
    public long Measured(string name)
    {
        lock (_counts)
        {
            return _counts.GetValueOrDefault("mcphub.stream." + name);
        }
    }

    /// <summary>What a gauge says now.</summary>
    public long Gauge(string name)
    {
        lock (_counts)
        {
            _counts.Remove("mcphub.stream." + name);
        }

        _listener.RecordObservableInstruments();
        return Measured(name);
    }

    public async Task<HubStream> StartAsync(Func<IClientStream, CancellationToken, ValueTask<StreamOutcome>> run, string caller = Caller, string tool = "tool") =>
        (await TryStartAsync(run, caller, tool)).Stream ?? throw new InvalidOperationException("The stream was refused.");

    public Task<StreamStart> TryStartAsync(
        Func<IClientStream, CancellationToken, ValueTask<StreamOutcome>> run, string caller = Caller, string tool = "tool", int priority = 5) =>
        Streams.StartAsync(new StreamRequest(caller, tool, priority, run), CancellationToken.None).AsTask().WithinLimitAsync("the start");

    /// <summary>Reads at once.</summary>
    public Task<StreamPage> ReadAsync(HubStream stream, long? offset = null, int mostBytes = 64 * 1024) =>
        Streams.ReadAsync(stream, offset, mostBytes, TimeSpan.Zero, CancellationToken.None).AsTask();

    /// <summary>Reads when there is something.</summary>
    public Task<StreamPage> NextAsync(HubStream stream, long? offset = null, int mostBytes = 64 * 1024) =>
        Streams.ReadAsync(stream, offset, mostBytes, TimeSpan.FromHours(20), CancellationToken.None).AsTask().WithinLimitAsync("a part");

    /// <summary>Reads until the end.</summary>
    public async Task<(List<string> Parts, StreamPage Last)> ReadAllAsync(HubStream stream, long offset = 0)
    {
        var parts = new List<string>();
        while (true)
        {
            var page = await NextAsync(stream, offset);
            parts.AddRange(page.Parts.Select(Encoding.UTF8.GetString));
            offset = page.Next;
            if (page.IsLast)
            {
                return (parts, page);
            }
        }
    }

    public static StreamOutcome Result(string text) => new(true, Encoding.UTF8.GetBytes($$"""{"content":[{"type":"text","text":"{{text}}"}]}"""));

    /// <summary>A progress notification.</summary>
    public static Utf8Buffer Progress(long number, string text)
    {
        var buffer = Utf8Buffer.Rent();
        PartMessage.Write(buffer, "1"u8, Revision.V20251125, number, JsonText.Encode(text), []);
        return buffer;
    }

    /// <summary>A tool that waits until it is cancelled.</summary>
    public static async ValueTask<StreamOutcome> HangAsync(IClientStream stream, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return default;
    }

    public void Dispose()
    {
        _listener.Dispose();
        Streams.Dispose();
        Metrics.Dispose();
        _services.Dispose();
    }

    private void Count(string name, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (key, tag) in tags)
        {
            name += key is "mcphub.stream.direction" or "mcphub.stream.scope" ? "/" + tag : "";
        }

        lock (_counts)
        {
            _counts[name] = _counts.GetValueOrDefault(name) + value;
        }
    }
}
