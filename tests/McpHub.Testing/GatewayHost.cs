using System.Diagnostics.Metrics;
using McpHub.Bridging.Subscriptions;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Security.Authentication;
using McpHub.Transports.Http;
using McpHub.Transports.Stdio;
using McpHub.Upstreams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpHub.Testing;

/// <summary>The gateway as a library, in real Kestrel on a loopback port.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, CapturedLog log)
    {
        _app = app;
        Log = log;
        Url = new Uri(Loopback.UrlOf(app), "/mcp");
    }

    /// <summary>The endpoint of all servers together.</summary>
    public Uri Url { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience.Limit };

    public CapturedLog Log { get; }

    public HubRuntime Runtime => _app.Services.GetRequiredService<HubRuntime>();

    public SessionStore Sessions => _app.Services.GetRequiredService<SessionStore>();

    public Authenticator Authenticator => _app.Services.GetRequiredService<Authenticator>();

    public IServiceProvider Services => _app.Services;

    public CatalogSnapshot Catalog => Runtime.Catalog.Current;

    /// <summary>Starts a gateway with these servers behind it, and waits until each has answered or failed.</summary>
    public static Task<GatewayHost> StartAsync(params UpstreamConfig[] upstreams) => StartAsync(new HubConfig { Upstreams = upstreams });

    /// <summary>Starts a gateway and waits until each server has answered or failed.</summary>
    public static async Task<GatewayHost> StartAsync(
        HubConfig config, TimeProvider? time = null, Action<IMcpHubBuilder>? configure = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var builder = Loopback.Builder(protocols: protocols);
        var log = new CapturedLog();
        builder.Logging.AddProvider(log);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        configure?.Invoke(builder.Services.AddMcpHub(config));
        builder.Services.AddMcpHub(config);
        var app = builder.Build();
        app.MapMcpHub();
        app.MapMcpHubCacheInvalidation();
        await app.StartAsync();
        var gateway = new GatewayHost(app, log);
        await gateway.Runtime.WhenSettledAsync(Patience.Limit, CancellationToken.None);
        return gateway;
    }

    /// <summary>What the gateway's instruments belong to.</summary>
    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    /// <summary>How many clients are told of changes.</summary>
    public int Listeners => _app.Services.GetRequiredService<SubscriptionHub>().Count;

    /// <summary>The gateway's side of a legacy client's session.</summary>
    public ClientSession Session(McpClient client) =>
        _app.Services.GetRequiredService<SessionStore>().Find(client.SessionId!, "", Caller.Anonymous) ?? throw new InvalidOperationException("The session has ended.");

    public Upstream Upstream(string name) => Runtime.Upstreams.Single(u => u.Name == name);

    public Task UntilAsync(string upstream, UpstreamStatus status) =>
        Patience.UntilAsync(() => Upstream(upstream).State.Status == status, $"'{upstream}' is {status}; it is {Upstream(upstream).State}");

    /// <summary>Waits until a tool is listed, or no longer is.</summary>
    public Task UntilListedAsync(string tool, bool isListed = true) =>
        Patience.UntilAsync(() => Catalog.Root.Content.Tools.Any(t => t.Name == tool) == isListed, $"tool '{tool}' is listed: {isListed}");

    /// <summary>The gateway as a stdio server, over pipes in memory.</summary>
    public StdioClient OpenStdio() => new((input, output) =>
        new StdioServer(_app.Services.GetRequiredService<CatalogStore>(), _app.Services.GetRequiredService<McpPipeline>(), input, output));

    /// <summary>
    /// Whatever has happened before: the gateway answers, and has found no fault in itself.
    /// </summary>
    public async Task StillServesAsync()
    {
        var client = await McpClient.ConnectAsync(this, Protocol.Revisions.Latest);
        var answer = await client.CallAsync("hub_echo", """{"message":"still here"}""");
        if (answer.Status != 200 || !answer.Body.Contains("still here", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The gateway does not serve any more: HTTP {answer.Status} {answer.Body}");
        }

        if (Log.Faults.Count > 0)
        {
            throw new InvalidOperationException("The gateway logged a fault of its own: " + Log.Faults[0]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
