using System.Runtime.CompilerServices;
using McpHub.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace McpHub.Observability;

/// <summary>
/// Pushes metrics and traces to a collector while the host runs. Begins before the other services and ends after them, so that what
/// they do at the start and at the end is in it.
/// </summary>
internal sealed class OtlpTelemetry(HubConfig config) : IHostedLifecycleService, IDisposable
{
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    /// <summary>How long what is left may take at the end; 3 s: a collector that is down must not hold up the end of the process.</summary>
    internal TimeSpan FlushLimit { get; set; } = TimeSpan.FromSeconds(3);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (config.Gateway.Telemetry.Otlp is { } otlp)
        {
            Start(otlp);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => _traces?.Shutdown((int)FlushLimit.TotalMilliseconds), CancellationToken.None),
        Task.Run(() => _metrics?.Shutdown((int)FlushLimit.TotalMilliseconds), CancellationToken.None));

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    /// <summary>What the exporter is told for one signal.</summary>
    internal static void Apply(OtlpConfig otlp, OtlpExporterOptions options, string path)
    {
        options.Headers = string.Join(',', otlp.Headers.Select(h => $"{h.Key}={Uri.EscapeDataString(h.Value)}"));
        options.Protocol = otlp.Protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;

        // An address that is set in code is taken as it is, also where each signal has its own path.
        options.Endpoint = options.Protocol == OtlpExportProtocol.Grpc
            ? otlp.Endpoint
            : new Uri($"{otlp.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
    }

    // Apart, so that nothing of the exporter is loaded where nothing is pushed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Start(OtlpConfig otlp)
    {
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(r => TelemetrySources.Describe(r, config.Gateway))
            .AddMeter(TelemetrySources.Meters(config.Gateway.Telemetry))
            .AddOtlpExporter(o => Apply(otlp, o, "v1/metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(r => TelemetrySources.Describe(r, config.Gateway))
            .AddSource(TelemetrySources.Activities)
            .AddOtlpExporter(o => Apply(otlp, o, "v1/traces"))
            .Build();
    }
}
