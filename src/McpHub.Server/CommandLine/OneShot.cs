using System.CommandLine;
using McpHub.Configuration;
using McpHub.Configuration.Reading;
using McpHub.Hosting;
using McpHub.Server.Hosting;
using McpHub.Server.Output;
using McpHub.Upstreams;

namespace McpHub.Server.CommandLine;

/// <summary>Runs a command that needs the servers for a moment: starts them, does its work, ends them. Ctrl+C ends it early.</summary>
internal static class OneShot
{
    public static async Task<int> RunAsync(
        HubConfig config, GatewayLog log, Func<HubRuntime, IServiceProvider, CancellationToken, Task<int>> work)
    {
        using var host = LocalGateway.Build(config, log, telemetry: false);
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        if (!await LocalGateway.TryStartAsync(host))
        {
            return ExitCode.Usage;
        }

        try
        {
            return await work(host.Services.GetRequiredService<HubRuntime>(), host.Services, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Tells of servers whose tools are missing because they are not there: of all, or of one.</summary>
    /// <returns>Whether there are any.</returns>
    public static bool TellMissing(HubRuntime runtime, string? only = null)
    {
        var missing = runtime.Upstreams.Where(u => u.State.Status != UpstreamStatus.Ready && (only is null || u.Name == only)).ToArray();
        foreach (var upstream in missing)
        {
            var reason = upstream.State.Reason ?? "It is still being connected.";
            Console.Error.WriteLine($"mcphub: the tools of {Printable.Line(upstream.Name)} are missing: {Printable.Line(reason)}");
        }

        return missing.Length > 0;
    }

    /// <summary>An option for how long to wait for the servers.</summary>
    public static Option<TimeSpan?> WaitOption(string fallback) =>
        DurationOption("--wait", $"How long to wait for servers that are slow to start, for example 30s. Default: {fallback}.");

    /// <summary>An option that is a time, written as in the configuration.</summary>
    public static Option<TimeSpan?> DurationOption(string name, string description) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DurationParser.Parse(text, out var value) is not { } problem)
            {
                return value;
            }

            result.AddError($"{name} \"{VisibleText.Of(text)}\" {problem.What}. {problem.Mend}");
            return null;
        },
    };
}
