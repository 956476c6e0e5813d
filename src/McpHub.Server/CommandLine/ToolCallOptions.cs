using System.CommandLine;
using System.Text;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Server.Hosting;
using McpHub.Server.Output;
using Serilog.Events;

namespace McpHub.Server.CommandLine;

/// <summary>What the commands that call a tool have in common: its arguments, how its result is shown, and the call itself.</summary>
internal sealed class ToolCallOptions
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(15);

    private readonly Argument<string> _arguments = new("JSON")
    {
        Description = "The arguments, a JSON object; - reads it from standard input.",
        DefaultValueFactory = _ => "{}",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the whole result as JSON." };
    private readonly Option<TimeSpan?> _wait = OneShot.WaitOption("15s");
    private readonly Option<Caller?> _caller = CallerOption.Create("Call as this caller instead of as gateway.auth.stdio");

    public void AddTo(Command command)
    {
        command.Add(_arguments);
        command.Add(_json);
        command.Add(_wait);
        command.Add(_caller);
    }

    /// <summary>Calls a tool and prints what it answers.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="common">The options of every command.</param>
    /// <param name="name">The tool.</param>
    /// <param name="awaited">The tools that have to be there first.</param>
    /// <param name="change">Changes the configuration before it is used.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ParseResult parsed, CommonOptions common, string name, IReadOnlyCollection<string> awaited, Func<HubConfig, HubConfig> change)
    {
        var text = parsed.GetValue(_arguments)!;
        text = text == "-" ? await Console.In.ReadToEndAsync(CancellationToken.None) : text;
        if (WhyNotAnObject(text) is { } problem)
        {
            await Console.Error.WriteLineAsync($"mcphub: the arguments {problem}");
            return ExitCode.Usage;
        }

        var loaded = LoadedConfiguration.Load(common.ConfigFile(parsed));
        if (!loaded.Report(Console.Error))
        {
            return ExitCode.Usage;
        }

        await using var log = common.OpenLog(parsed, LogEventLevel.Error);
        return await OneShot.RunAsync(change(loaded.Config!), log, async (runtime, services, stopping) =>
        {
            await WaitForToolsAsync(runtime, awaited, parsed.GetValue(_wait) ?? DefaultWait, stopping);
            using var client = new InProcessCaller(
                services.GetRequiredService<McpPipeline>(), runtime.Catalog, parsed.GetValue(_caller) ?? new LocalCaller().Of(runtime.Config));
            using var result = await client.CallToolAsync(name, text, stopping);
            if (result.Failure?.Kind == FailureKind.InvalidParams && !IsThere(runtime, name))
            {
                OneShot.TellMissing(runtime);
            }

            return Tell(result, parsed.GetValue(_json));
        });
    }

    private static string? WhyNotAnObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, JsonDefaults.Document);
            return document.RootElement.ValueKind == JsonValueKind.Object ? null : "have to be a JSON object, for example '{\"message\": \"hello\"}'.";
        }
        catch (JsonException e)
        {
            return $"are not valid JSON (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}). Write a JSON object, for example '{{\"message\": \"hello\"}}'.";
        }
    }

    /// <summary>Waits until the tools are there; where the other servers decide about their names, until they are there too.</summary>
    private static async Task WaitForToolsAsync(HubRuntime runtime, IReadOnlyCollection<string> names, TimeSpan limit, CancellationToken stopping)
    {
        if (runtime.Config.Gateway.Naming.Prefix != PrefixMode.Always)
        {
            await runtime.WhenSettledAsync(limit, stopping);
            return;
        }

        var pending = runtime.Upstreams.Select(u => u.FirstAttempt).ToList();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(limit);
        try
        {
            while (!names.All(name => IsThere(runtime, name)) && pending.Count > 0)
            {
                pending.Remove(await Task.WhenAny(pending).WaitAsync(timeout.Token));
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // It is called all the same: the answer says what is wrong.
        }
    }

    private static bool IsThere(HubRuntime runtime, string name) =>
        runtime.Catalog.Current.Root.Content.Tools.Any(t => t.Name == name);

    private static int Tell(in McpResult result, bool asJson)
    {
        switch (result.Kind)
        {
            case McpResultKind.Failure:
                Console.Error.WriteLine($"mcphub: {Printable.Line(result.Failure!.Message)}");
                return ExitCode.Failed;
            case McpResultKind.UpstreamError:
                Console.Error.WriteLine($"mcphub: the server answered with an error: {Printable.Line(Encoding.UTF8.GetString(result.Json.Span))}");
                return ExitCode.Failed;
            default:
                break;
        }

        if (asJson)
        {
            Console.WriteLine(Encoding.UTF8.GetString(result.Json.Span));
        }

        if (ToolResultText.AsksForInput(result.Json.Span))
        {
            Console.Error.WriteLine("mcphub: the tool asks for input, which this command cannot give.");
            return ExitCode.Failed;
        }

        // The reason of a failure belongs where failures are told, also next to JSON.
        if (result.IsToolError || !asJson)
        {
            (result.IsToolError ? Console.Error : Console.Out).WriteLine(ToolResultText.Of(result.Json.Span));
        }

        return result.IsToolError ? ExitCode.Failed : ExitCode.Ok;
    }
}
