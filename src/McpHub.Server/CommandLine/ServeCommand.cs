using System.CommandLine;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Server.Hosting;
using McpHub.Server.Output;
using Serilog.Events;

namespace McpHub.Server.CommandLine;

/// <summary><c>serve</c>: the gateway over HTTP, until it is told to stop.</summary>
internal static class ServeCommand
{
    // The endpoint serves meanwhile; this is only how long the table waits for slow servers.
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    public static Command Configure(Command command, CommonOptions common)
    {
        var url = UrlOption();
        command.Add(url);
        command.SetAction((parsed, _) => RunAsync(
            common.ConfigFile(parsed), parsed.GetValue(url), () => common.OpenLog(parsed, LogEventLevel.Information)));
        return command;
    }

    public static Option<string> UrlOption() => new("--url")
    {
        HelpName = "URL",
        Description = "The address to listen on, instead of gateway.http.url; port 0 takes a free one.",
    };

    private static async Task<int> RunAsync(string? file, string? url, Func<GatewayLog> openLog)
    {
        var loaded = LoadedConfiguration.Load(file, url);
        if (!loaded.Report(Console.Error))
        {
            return ExitCode.Usage;
        }

        await using var log = openLog();
        await using var app = WebGateway.Build(loaded.Config!, log);
        if (await WebGateway.TryStartAsync(app, loaded.Config!) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure);
            return ExitCode.Usage;
        }

        await using var session = Announce(app, loaded, Console.Out);
        await app.WaitForShutdownAsync();
        return ExitCode.Ok;
    }

    /// <summary>Tells how to reach a running gateway and, a little later, how its servers are; then follows the configuration file.</summary>
    /// <returns>What to dispose when the gateway has stopped.</returns>
    public static IAsyncDisposable Announce(WebApplication app, LoadedConfiguration loaded, TextWriter output)
    {
        var endpoint = WebGateway.EndpointOf(app, loaded.Config!);
        output.WriteLine(loaded.Result is null
            ? $"No configuration in this folder, so only the built-in tools are served; put an mcpServers object into {ConfigurationLocator.FileNames[0]}, or give --config FILE."
            : $"Configuration: {loaded.Result.Path}");
        output.WriteLine($$"""
            MCP endpoint: {{endpoint}}

            For a client's configuration:
            {
              "mcpServers": {
                "mcphub": {
                  "type": "http",
                  "url": "{{endpoint}}"
                }
              }
            }

            """);
        return new Following(app, loaded, output);
    }

    private sealed class Following : IAsyncDisposable
    {
        private readonly ConfigurationReloader? _reloader;
        private readonly Task _reported;

        public Following(WebApplication app, LoadedConfiguration loaded, TextWriter output)
        {
            var runtime = app.Services.GetRequiredService<HubRuntime>();
            _reported = ReportAsync(runtime, loaded.Config!, output, app.Lifetime.ApplicationStopping);
            _reloader = loaded.Result is null ? null : new ConfigurationReloader(
                loaded, runtime, output, Console.Error, app.Services.GetRequiredService<ILogger<ConfigurationReloader>>());
        }

        public async ValueTask DisposeAsync()
        {
            if (_reloader is not null)
            {
                await _reloader.DisposeAsync();
            }

            await _reported;
        }

        private static async Task ReportAsync(HubRuntime runtime, HubConfig config, TextWriter output, CancellationToken stopping)
        {
            try
            {
                await runtime.WhenSettledAsync(SettleLimit, stopping);
                UpstreamTable.Write(output, config, runtime);
            }
            catch (OperationCanceledException)
            {
                // Stopped before they were all there.
            }
        }
    }
}
