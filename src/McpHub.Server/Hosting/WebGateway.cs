using System.Net.Sockets;
using McpHub.Auditing;
using McpHub.Configuration;

namespace McpHub.Server.Hosting;

/// <summary>The gateway in a host with a web server.</summary>
internal static class WebGateway
{
    public static WebApplication Build(HubConfig config, GatewayLog log)
    {
        // The working folder is the user's: an appsettings.json that lies there is not meant for us.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "mcphub", ContentRootPath = AppContext.BaseDirectory });
        log.AddTo(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls(config.Gateway.Http.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The gateway bounds bodies itself, and a reload may change the bound.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.AddMcpHub(config).WithTelemetry();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = config.Gateway.Timeouts.Drain);
        var app = builder.Build();

        // Nearly every request is for one path: it is answered before routing looks for it, which costs about 1 % of a call.
        app.UseMcpHub();
        app.UseRouting();
        app.MapMcpHub();
        app.MapMcpHubMetrics();
        app.MapMcpHubHealth();
        app.MapMcpHubCacheInvalidation();
        return app;
    }

    /// <summary>Starts a host.</summary>
    /// <returns>Why it cannot, or <see langword="null"/>.</returns>
    public static async Task<string?> TryStartAsync(IHost host, HubConfig config)
    {
        try
        {
            await host.StartAsync();
            return null;
        }
        catch (AuditStartException e)
        {
            return $"mcphub: {e.Message}";
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            return $"mcphub: {Describe(e, config.Gateway.Http.Url)}";
        }
    }

    /// <summary>The MCP endpoint as clients on this machine call it.</summary>
    public static string EndpointOf(WebApplication app, HubConfig config)
    {
        var address = new Uri(app.Urls.First().Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal));
        var host = address.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}{config.Gateway.Http.Path}";
    }

    private static string Describe(Exception failure, string url)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse =>
                        $"{url} is in use by another program. End that, or choose another address with --url or gateway.http.url.",
                    SocketError.AccessDenied =>
                        $"{url} may not be listened on by this user. Choose a port above 1023 with --url or gateway.http.url.",
                    SocketError.AddressNotAvailable =>
                        $"{url} is no address of this machine. Choose another with --url or gateway.http.url.",
                    _ => $"{url} cannot be listened on: {socket.Message}",
                };
            }
        }

        return failure.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
            ? $"{url} is in use by another program. End that, or choose another address with --url or gateway.http.url."
            : $"{url} cannot be listened on: {failure.Message}";
    }
}
