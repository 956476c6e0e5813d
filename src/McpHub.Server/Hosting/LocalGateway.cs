using McpHub.Auditing;
using McpHub.Configuration;

namespace McpHub.Server.Hosting;

/// <summary>The gateway in a host without a web server.</summary>
internal static class LocalGateway
{
    /// <param name="config">The configuration.</param>
    /// <param name="log">The log.</param>
    /// <param name="telemetry">Whether it runs long enough to push metrics and traces.</param>
    public static IHost Build(HubConfig config, GatewayLog log, bool telemetry)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "mcphub" });
        log.AddTo(builder.Logging);
        var hub = builder.Services.AddMcpHub(config);
        if (telemetry)
        {
            hub.WithTelemetry();
        }

        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = config.Gateway.Timeouts.Drain);
        return builder.Build();
    }

    /// <summary>Starts a host; if it can't be, says why.</summary>
    public static async Task<bool> TryStartAsync(IHost host)
    {
        try
        {
            await host.StartAsync();
            return true;
        }
        catch (AuditStartException e)
        {
            await Console.Error.WriteLineAsync($"mcphub: {e.Message}");
            return false;
        }
    }
}
