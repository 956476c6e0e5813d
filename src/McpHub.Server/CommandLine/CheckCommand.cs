using System.CommandLine;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Security.Authentication;
using McpHub.Server.Output;
using Serilog.Events;

namespace McpHub.Server.CommandLine;

/// <summary><c>check</c>: validates the configuration and tries every server.</summary>
internal static class CheckCommand
{
    // An upstream gives up by itself at gateway.timeouts.start; this is only for one that does not even do that.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    public static Command Create(CommonOptions common)
    {
        var command = new Command("check", "Validates the configuration, tries every server and every issuer of tokens, and says what is wrong. Exit code 1 if one is down, 2 if the configuration is invalid.");
        var json = new Option<bool>("--json") { Description = "Print the outcome as JSON." };
        var wait = OneShot.WaitOption("gateway.timeouts.start");
        command.Add(json);
        var caller = CallerOption.Create("Show instead what this caller may have and which rule decides");
        var token = new Option<string>("--as-token") { HelpName = "TOKEN", Description = "The same for whoever has this access token or API key; - reads it from standard input." };
        command.Add(wait);
        command.Add(caller);
        command.Add(token);
        command.Validators.Add(result =>
        {
            if (result.GetResult(caller) is not null && result.GetResult(token) is not null)
            {
                result.AddError("--as and --as-token both say who calls. Leave one of them out.");
            }
        });
        command.SetAction(async (parsed, _) =>
        {
            var loaded = LoadedConfiguration.Load(common.ConfigFile(parsed));
            var asJson = parsed.GetValue(json);
            if (!asJson)
            {
                Console.WriteLine($"Configuration: {loaded.Result?.Path ?? "none in this folder; the built-in tools only"}");
            }

            if (!loaded.Report(Console.Error))
            {
                if (asJson)
                {
                    Console.WriteLine(CheckReport.ToJson(loaded, [], []));
                }

                return ExitCode.Usage;
            }

            await using var log = common.OpenLog(parsed, LogEventLevel.Error);
            var config = loaded.Config!;
            return await OneShot.RunAsync(config, log, async (runtime, services, stopping) =>
            {
                await ProbeAsync(runtime, parsed.GetValue(wait) ?? config.Gateway.Timeouts.Start + Margin, stopping);
                var authenticator = services.GetRequiredService<Authenticator>();
                var issuers = await IssuerRow.ReadAsync(authenticator, stopping);
                if (parsed.GetValue(token) is not { } shown)
                {
                    return Tell(loaded, runtime, issuers, asJson, parsed.GetValue(caller));
                }

                return await FindAsync(authenticator, shown) is { } owner ? Tell(loaded, runtime, issuers, asJson, owner) : ExitCode.Failed;
            });
        });
        return command;
    }

    /// <summary>Finds out whose a token or an API key is, as the common endpoint does; says why if it is not good there.</summary>
    private static async Task<Caller?> FindAsync(Authenticator authenticator, string token)
    {
        var text = (token == "-" ? await Console.In.ReadToEndAsync() : token).Trim();
        if (authenticator.Model is not { } model)
        {
            await Console.Error.WriteLineAsync("mcphub: there is no authentication, so that a token says nothing. Configure gateway.auth, or use --as.");
            return null;
        }

        var (caller, fault) = await authenticator.TryAsync(model, text);
        if (caller is null)
        {
            await Console.Error.WriteLineAsync($"mcphub: the credential is not good at the endpoint of all servers: {SignInTelemetry.NameOf(fault)}.");
        }

        return caller;
    }

    /// <summary>Waits for the first answer of every server, and tells each one as it comes.</summary>
    private static async Task ProbeAsync(HubRuntime runtime, TimeSpan limit, CancellationToken stopping)
    {
        var pending = runtime.Upstreams.ToDictionary(u => u.FirstAttempt);
        var total = pending.Count;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(limit);
        try
        {
            await foreach (var settled in Task.WhenEach(pending.Keys).WithCancellation(timeout.Token))
            {
                var upstream = pending[settled];
                pending.Remove(settled);
                await Console.Error.WriteLineAsync(
                    $"[{total - pending.Count}/{total}] {Printable.Line(upstream.Name)}: {upstream.State.Status.ToString().ToLowerInvariant()}");
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The table says which ones are still being connected.
        }
    }

    private static int Tell(LoadedConfiguration loaded, HubRuntime runtime, IssuerRow[] issuers, bool asJson, Caller? caller)
    {
        var rows = UpstreamRow.Of(loaded.Config!, runtime);
        if (caller is not null)
        {
            var access = AccessRow.Of(runtime.Catalog.Current.Root, caller);
            if (asJson)
            {
                Console.WriteLine(CheckReport.ToJson(loaded, rows, issuers, access));
            }
            else
            {
                AccessTable.Write(Console.Out, access);
                OneShot.TellMissing(runtime);
            }

            return rows.Any(r => r.IsDown) ? ExitCode.Failed : ExitCode.Ok;
        }

        if (asJson)
        {
            Console.WriteLine(CheckReport.ToJson(loaded, rows, issuers));
        }
        else
        {
            UpstreamTable.Write(Console.Out, loaded.Config!, runtime, details: true);
            IssuerRow.Write(Console.Out, issuers);
        }

        return rows.Any(r => r.IsDown) || issuers.Any(i => i.IsDown) ? ExitCode.Failed : ExitCode.Ok;
    }
}
