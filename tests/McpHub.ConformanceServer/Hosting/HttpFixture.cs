using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>The fixture server on an HTTP address of this machine, in this process.</summary>
public sealed class HttpFixture : IAsyncDisposable
{
    /// <summary>The path of the MCP endpoint.</summary>
    public const string Path = "/mcp";

    private readonly WebApplication _app;

    private HttpFixture(WebApplication app)
    {
        _app = app;
        Url = app.Urls.First().TrimEnd('/') + Path;
    }

    /// <summary>The address of the MCP endpoint, with the port that was bound.</summary>
    public string Url { get; }

    /// <summary>Listens on <paramref name="url"/>.</summary>
    /// <param name="url">Scheme, host and port; port 0 picks a free one.</param>
    /// <param name="era">Which generations of the protocol to answer.</param>
    public static async Task<HttpFixture> StartAsync(string url = "http://127.0.0.1:0", ServerEra era = ServerEra.Both)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));

        var app = builder.Build();
        var endpoint = new McpEndpoint(era, app.Lifetime.ApplicationStopping);
        app.Use(LoopbackGuard.InvokeAsync);
        app.Map(Path, endpoint.HandleAsync);
        await app.StartAsync();
        return new HttpFixture(app);
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <summary>Ends the sessions and streams, and frees the port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
