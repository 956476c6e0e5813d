using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using McpHub.Transports.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps what operators ask a gateway for.</summary>
public static class ObservabilityEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>/metrics</c> in the text format of Prometheus; nothing where <c>gateway.telemetry.prometheus</c> is <c>false</c>. Pages
    /// in a browser are refused as they are at the MCP endpoint.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddMcpHub().WithTelemetry()</c> has not been called.</exception>
    public static IEndpointConventionBuilder MapMcpHubMetrics(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var config = services.GetService<HubConfig>();
        var group = endpoints.MapGroup("");
        if (config?.Gateway.Telemetry.Prometheus == false)
        {
            return group;
        }

        // Resolved now and not at the first scrape: only from here on is anything counted.
        var scrape = services.GetService<PrometheusScrape>()
            ?? throw new InvalidOperationException("MapMcpHubMetrics() needs the telemetry: call builder.Services.AddMcpHub().WithTelemetry() first.");
        var catalog = services.GetRequiredService<CatalogStore>();
        group.MapGet("/metrics", http => AnswerMetricsAsync(http, scrape, catalog.Current.Config.Gateway.Http)).WithDisplayName("Metrics");
        return group;
    }

    /// <summary>
    /// Maps <c>/health/live</c>, which answers 200 while the process runs, and <c>/health/ready</c>, which answers 503 before the gateway
    /// can serve and from the moment it is told to stop.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddMcpHub()</c> has not been called.</exception>
    public static IEndpointConventionBuilder MapMcpHubHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var runtime = services.GetService<HubRuntime>()
            ?? throw new InvalidOperationException("MapMcpHubHealth() needs the gateway's services: call builder.Services.AddMcpHub() first.");
        var lifetime = services.GetService<IHostApplicationLifetime>();
        var group = endpoints.MapGroup("/health");
        group.MapGet("/live", AnswerLiveAsync).WithDisplayName("Health, live");
        group.MapGet("/ready", http => AnswerReadyAsync(http, HealthReport.Of(runtime, lifetime))).WithDisplayName("Health, ready");
        return group;
    }

    private static async Task AnswerMetricsAsync(HttpContext http, PrometheusScrape scrape, HttpConfig config)
    {
        if (new OriginGuard(config).Check(http.Request) is { } denied)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsync(denied.Message + "\n", http.RequestAborted);
            return;
        }

        var text = await scrape.ReadAsync(http.RequestAborted);
        http.Response.ContentType = PrometheusText.ContentType;
        http.Response.ContentLength = text.Length;
        await http.Response.BodyWriter.WriteAsync(text, http.RequestAborted);
    }

    private static Task AnswerLiveAsync(HttpContext http) => AnswerAsync(http, """{"status":"live"}""");

    private static Task AnswerReadyAsync(HttpContext http, HealthReport report)
    {
        http.Response.StatusCode = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return AnswerAsync(http, report.ToJson());
    }

    private static Task AnswerAsync(HttpContext http, string json)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }
}
