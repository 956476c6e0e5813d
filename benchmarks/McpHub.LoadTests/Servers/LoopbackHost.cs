using System.Net;

namespace McpHub.LoadTests.Servers;

/// <summary>A Kestrel on loopback without logging or anything else that costs: all references over HTTP are built alike.</summary>
internal static class LoopbackHost
{
    public const string McpPath = "/mcp";
    public const string ReadyPath = "/health/ready";
    public const string MetricsPath = "/metrics";

    /// <param name="port">The port.</param>
    /// <param name="addServices">Adds what the application needs.</param>
    public static WebApplication Build(int port, Action<IServiceCollection>? addServices = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        addServices?.Invoke(builder.Services);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.MapGet(ReadyPath, static (HttpContext _) => Task.CompletedTask);
        return app;
    }
}
