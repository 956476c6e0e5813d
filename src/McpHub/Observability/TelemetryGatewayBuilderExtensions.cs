using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sends a gateway's metrics and traces out.</summary>
public static class TelemetryGatewayBuilderExtensions
{
    /// <summary>
    /// Sends out what <c>gateway.telemetry</c> asks for: metrics and traces to a collector where <c>otlp</c> is set, and metrics for
    /// Prometheus at the endpoint that <c>MapMcpHubMetrics()</c> maps.
    /// </summary>
    public static IMcpHubBuilder WithTelemetry(this IMcpHubBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // Without it the spans of ASP.NET Core have no tags. It is read when the web host is built, so it has to be set this early.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OtlpTelemetry>());
        builder.Services.TryAddSingleton(s => new PrometheusScrape(
            TelemetrySources.Meters(s.GetRequiredService<HubConfig>().Gateway.Telemetry),
            s.GetRequiredService<McpMetrics>().Operations,
            s.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
