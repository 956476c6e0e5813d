using System.Text;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static McpHub.Tests.Observability.TelemetryEndpointTests;

namespace McpHub.Tests.Observability;

/// <summary>What a collector is given. It hears the spans of the whole process, so no other test runs beside.</summary>
[Collection(AloneCollection.Name)]
public sealed class OtlpPushTests
{
    [Theory]
    [InlineData("http/protobuf", "/v1/metrics", "/v1/traces")]
    [InlineData("grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    public async Task Otlp_PushesMetricsAndTraces_BeforeTheEnd(string protocol, string metrics, string traces)
    {
        await using var collector = await Collector.StartAsync(protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        var otlp = new OtlpConfig
        {
            Endpoint = collector.Url,
            Protocol = protocol,
            Headers = new Dictionary<string, string> { ["x-key"] = "a b" },
        };
        await using (var app = await StartAsync(With(new TelemetryConfig { Otlp = otlp })))
        {
            // All of it is to arrive, however slow the machine is.
            app.Services.GetServices<IHostedService>().OfType<OtlpTelemetry>().Single().FlushLimit = Patience.Limit;
            using var http = Client(app);
            using var call = new StringContent(
                """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hub_echo","arguments":{"message":"hi"},"_meta":{
                "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
                """,
                Encoding.UTF8,
                "application/json");
            call.Headers.Add("MCP-Protocol-Version", "2026-07-28");
            call.Headers.Add("Mcp-Method", "tools/call");
            call.Headers.Add("Mcp-Name", "hub_echo");
            (await http.PostAsync("/mcp", call, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        // Protobuf holds its strings as they are.
        Assert.Contains("mcp.server.operation.duration", collector.Received(metrics));
        Assert.Contains("http.server.request.duration", collector.Received(metrics));
        Assert.Contains("tools/call hub_echo", collector.Received(traces));
        Assert.DoesNotContain("\"message\"", collector.Received(traces));
        Assert.Equal("a b", collector.Key);
    }

    /// <summary>Takes whatever is pushed.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly List<(string Path, string Body)> _received = [];

        public Uri Url => new(app.Urls.First());

        public string? Key { get; private set; }

        public static async Task<Collector> StartAsync(HttpProtocols protocols)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = protocols));
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/{**path}", collector.TakeAsync);
            await app.StartAsync();
            return collector;
        }

        public string Received(string path)
        {
            lock (_received)
            {
                return string.Concat(_received.Where(r => r.Path == path).Select(r => r.Body));
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext http)
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.Latin1);
            var body = await reader.ReadToEndAsync();
            lock (_received)
            {
                _received.Add((http.Request.Path, body));
                Key = http.Request.Headers["x-key"];
            }

            if (http.Request.Protocol == "HTTP/2")
            {
                // An empty message, and that all is well.
                http.Response.ContentType = "application/grpc";
                await http.Response.Body.WriteAsync(new byte[5]);
                http.Response.AppendTrailer("grpc-status", "0");
            }
        }
    }
}
