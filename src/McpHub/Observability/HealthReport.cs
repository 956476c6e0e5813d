using System.Globalization;
using McpHub.Catalog;
using McpHub.Hosting;
using McpHub.Upstreams;
using Microsoft.Extensions.Hosting;

namespace McpHub.Observability;

/// <summary>Whether the gateway takes requests, at one moment.</summary>
/// <param name="Status"><c>ready</c>, <c>starting</c> or <c>draining</c>.</param>
/// <param name="Ready">How many of the servers behind it answer, and are listed.</param>
/// <param name="Total">How many there are.</param>
internal sealed record HealthReport(string Status, int Ready, int Total)
{
    public bool IsReady => Status == "ready";

    /// <summary>An upstream that is down makes the gateway no less ready: it serves the others.</summary>
    public static HealthReport Of(HubRuntime runtime, IHostApplicationLifetime? lifetime)
    {
        var status = lifetime?.ApplicationStopping.IsCancellationRequested == true ? "draining"
            : ReferenceEquals(runtime.Catalog.Current, CatalogSnapshot.Empty) ? "starting"
            : "ready";
        var upstreams = runtime.Upstreams;
        return new HealthReport(status, upstreams.Count(u => u.State.Status == UpstreamStatus.Ready), upstreams.Count);
    }

    public string ToJson() =>
        string.Create(CultureInfo.InvariantCulture, $$$"""{"status":"{{{Status}}}","upstreams":{"ready":{{{Ready}}},"total":{{{Total}}}}}""");
}
