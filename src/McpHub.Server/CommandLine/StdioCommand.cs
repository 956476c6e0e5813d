using System.CommandLine;
using System.Runtime.CompilerServices;
using McpHub.Catalog;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Server.Hosting;
using McpHub.Transports.Stdio;
using Serilog.Events;

namespace McpHub.Server.CommandLine;

/// <summary><c>stdio</c>: the gateway as a server on standard input and output, until the input ends.</summary>
internal static class StdioCommand
{
    /// <summary>
    /// How long the first message waits for servers that are still starting, so that what a client lists first, and the capabilities
    /// that it is told once and for all, have them in it. Clients wait for a handshake far longer than this.
    /// </summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    public static Command Create(CommonOptions common)
    {
        var command = new Command("stdio", "Serves one client over standard input and output, for clients that start their servers themselves.");
        var http = new Option<bool>("--http") { Description = "Serve over HTTP too, as 'serve' does." };
        var url = ServeCommand.UrlOption();
        command.Add(http);
        command.Add(url);
        command.SetAction((parsed, _) => RunAsync(
            LoadedConfiguration.Load(common.ConfigFile(parsed), parsed.GetValue(url)),
            parsed.GetValue(http),
            () => common.OpenLog(parsed, LogEventLevel.Warning)));
        return command;
    }

    private static async Task<int> RunAsync(LoadedConfiguration loaded, bool http, Func<GatewayLog> openLog)
    {
        // Standard output carries MCP and nothing else, whoever may write there.
        await using var output = Console.OpenStandardOutput();
        Console.SetOut(Console.Error);
        if (!loaded.Report(Console.Error))
        {
            return ExitCode.Usage;
        }

        await using var log = openLog();
        return http ? await RunWithHttpAsync(loaded, log, output) : await RunAloneAsync(loaded, log, output);
    }

    private static async Task<int> RunAloneAsync(LoadedConfiguration loaded, GatewayLog log, Stream output)
    {
        using var host = LocalGateway.Build(loaded.Config!, log, telemetry: true);
        if (!await LocalGateway.TryStartAsync(host))
        {
            return ExitCode.Usage;
        }

        var runtime = host.Services.GetRequiredService<HubRuntime>();
        await using var reloader = loaded.Result is null ? null : new ConfigurationReloader(
            loaded, runtime, Console.Error, Console.Error, host.Services.GetRequiredService<ILogger<ConfigurationReloader>>());
        await ServeAsync(host, runtime, output);
        return ExitCode.Ok;
    }

    // Apart, so that nothing of the web server is loaded without it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunWithHttpAsync(LoadedConfiguration loaded, GatewayLog log, Stream output)
    {
        await using var app = WebGateway.Build(loaded.Config!, log);
        if (await WebGateway.TryStartAsync(app, loaded.Config!) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure);
            return ExitCode.Usage;
        }

        await using var session = ServeCommand.Announce(app, loaded, Console.Error);
        await ServeAsync(app, app.Services.GetRequiredService<HubRuntime>(), output);
        return ExitCode.Ok;
    }

    private static async Task ServeAsync(IHost host, HubRuntime runtime, Stream output)
    {
        var services = host.Services;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            await runtime.WhenSettledAsync(SettleLimit, stopping);
        }
        catch (OperationCanceledException)
        {
            // Told to stop before it began.
        }

        await using var input = StandardInput.Open();
        using (var server = new StdioServer(services.GetRequiredService<CatalogStore>(), services.GetRequiredService<McpPipeline>(), input, output))
        {
            await server.RunAsync(runtime.Config.Gateway.Timeouts.Drain, stopping);
        }

        await host.StopAsync(CancellationToken.None);
    }
}
