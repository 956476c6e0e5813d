using System.Net;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;

namespace McpHub.Tests.Observability;

public sealed class TelemetryEndpointTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Metrics_AnswerTheTextFormat()
    {
        await using var app = await StartAsync(HubConfig.Default);
        using var http = Client(app);

        var answer = await http.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var samples = PrometheusParser.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("mcphub_upstreams{mcphub_upstream_status=\"ready\"}", samples.Keys);
        Assert.DoesNotContain(samples.Keys, name => name.StartsWith("http_server_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_AreNotThere_WhenTheyAreNotWanted()
    {
        await using var app = await StartAsync(With(new TelemetryConfig { Prometheus = false }));
        using var http = Client(app);

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/metrics", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Metrics_RefuseAPageThatReboundItsName()
    {
        await using var app = await StartAsync(HubConfig.Default);
        using var http = Client(app);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = "evil.example" } };

        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public void Metrics_NameTheMissingCall()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddMcpHub();

        var failure = Assert.Throws<InvalidOperationException>(() => builder.Build().MapMcpHubMetrics());
        Assert.Contains("WithTelemetry()", failure.Message);
    }

    [Fact]
    public void Health_NamesTheMissingCall()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => WebApplication.CreateSlimBuilder().Build().MapMcpHubHealth());
        Assert.Contains("AddMcpHub()", failure.Message);
    }

    [Fact]
    public async Task Health_IsReady_WhenTheGatewayServes()
    {
        await using var app = await StartAsync(HubConfig.Default);
        using var http = Client(app);

        Assert.Equal("""{"status":"live"}""", await http.GetStringAsync("/health/live", TestContext.Current.CancellationToken));
        Assert.Equal(
            """{"status":"ready","upstreams":{"ready":0,"total":0}}""", await http.GetStringAsync("/health/ready", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Health_IsNotReady_BeforeAndAfter()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMcpHub();
        await using var app = builder.Build();
        var runtime = app.Services.GetRequiredService<HubRuntime>();

        Assert.Equal("starting", HealthReport.Of(runtime, app.Lifetime).Status);
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(HealthReport.Of(runtime, app.Lifetime).IsReady);
        app.Lifetime.StopApplication();
        Assert.Equal("draining", HealthReport.Of(runtime, app.Lifetime).Status);
        Assert.False(HealthReport.Of(runtime, app.Lifetime).IsReady);
    }

    [Theory]
    [InlineData("grpc", "http://collector:4317", "http://collector:4317/")]
    [InlineData("http/protobuf", "http://collector:4318", "http://collector:4318/v1/traces")]
    [InlineData("http/protobuf", "http://collector:4318/base/", "http://collector:4318/base/v1/traces")]
    public void Otlp_TakesTheAddressOfTheSignal(string protocol, string endpoint, string expected)
    {
        var options = new OtlpExporterOptions();
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer a,b=c", ["X-Tenant"] = "1" };

        OtlpTelemetry.Apply(new OtlpConfig { Endpoint = new Uri(endpoint), Protocol = protocol, Headers = headers }, options, "v1/traces");

        Assert.Equal(expected, options.Endpoint.AbsoluteUri);
        Assert.Equal("Authorization=Bearer%20a%2Cb%3Dc,X-Tenant=1", options.Headers);
    }

    internal static HubConfig With(TelemetryConfig telemetry) => new() { Gateway = new GatewayConfig { Telemetry = telemetry } };

    /// <summary>A client that says nothing of traces: whether one of the process's own is recorded is the business of tests that run beside this one.</summary>
    internal static HttpClient Client(WebApplication app) => new(new SocketsHttpHandler { ActivityHeadersPropagator = null })
    {
        BaseAddress = new Uri(app.Urls.First()),
        Timeout = Patience,
    };

    internal static async Task<WebApplication> StartAsync(HubConfig config)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMcpHub(config).WithTelemetry();
        var app = builder.Build();
        app.MapMcpHub();
        app.MapMcpHubMetrics();
        app.MapMcpHubHealth();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
