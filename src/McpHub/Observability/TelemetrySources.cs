using McpHub.Catalog;
using McpHub.Configuration;
using OpenTelemetry.Resources;

namespace McpHub.Observability;

/// <summary>Whose metrics and traces go out, and under which name.</summary>
internal static class TelemetrySources
{
    /// <summary>Meters that cost nothing, or next to nothing, for a request.</summary>
    private static readonly string[] Cheap = [McpMetrics.SourceName, "System.Runtime"];

    /// <summary>Meters that record something for each request and connection.</summary>
    private static readonly string[] PerRequest = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http"];

    /// <summary>The sources of spans.</summary>
    public static string[] Activities { get; } = [McpMetrics.SourceName, "Microsoft.AspNetCore", "System.Net.Http"];

    /// <summary>The meters. Those that cost something for each request only where somebody has asked for everything, by OTLP.</summary>
    public static string[] Meters(TelemetryConfig config) => config.Otlp is null ? Cheap : [.. Cheap, .. PerRequest];

    /// <summary>Names the gateway; <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> have the last word.</summary>
    public static void Describe(ResourceBuilder resource, GatewayConfig gateway) =>
        resource.AddService(gateway.Name, serviceVersion: ServerIdentity.Version).AddEnvironmentVariableDetector();
}
