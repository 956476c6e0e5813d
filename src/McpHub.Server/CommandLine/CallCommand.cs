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

/// <summary><c>call</c>: calls one tool the way a client of the newest revision does, without any transport in between.</summary>
internal static class CallCommand
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(15);

    public static Command Create(CommonOptions common)
    {
        var command = new Command("call", "Calls a tool and prints its text. Exit code 1 if it fails.");
        var tool = new Argument<string>("TOOL") { Description = "The tool's name, as 'mcphub tools' shows it." };
        var arguments = new Argument<string>("JSON")
        {
            Description = "The arguments, a JSON object; - reads it from standard input.",
            DefaultValueFactory = _ => "{}",
        };
        var json = new Option<bool>("--json") { Description = "Print the whole result as JSON." };
        var wait = OneShot.WaitOption("15s");
        command.Add(tool);
        command.Add(arguments);
        command.Add(json);
        var caller = CallerOption.Create("Call as this caller instead of as gateway.auth.stdio");
        command.Add(wait);
        command.Add(caller);
        command.SetAction(async (parsed, _) =>
        {
            var text = parsed.GetValue(arguments)!;
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
            var name = parsed.GetValue(tool)!;
            return await OneShot.RunAsync(loaded.Config!, log, async (runtime, services, stopping) =>
            {
                await WaitForToolAsync(runtime, name, parsed.GetValue(wait) ?? DefaultWait, stopping);
                using var client = new InProcessCaller(
                    services.GetRequiredService<McpPipeline>(), runtime.Catalog, parsed.GetValue(caller) ?? new LocalCaller().Of(runtime.Config));
                using var result = await client.CallToolAsync(name, text, stopping);
                if (result.Failure?.Kind == FailureKind.InvalidParams && !IsThere(runtime, name))
                {
                    OneShot.TellMissing(runtime);
                }

                return Tell(result, parsed.GetValue(json));
            });
        });
        return command;
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

    /// <summary>Waits until the tool is there; where the others decide about its name, until they are there too.</summary>
    private static async Task WaitForToolAsync(HubRuntime runtime, string name, TimeSpan limit, CancellationToken stopping)
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
            while (!IsThere(runtime, name) && pending.Count > 0)
            {
                pending.Remove(await Task.WhenAny(pending).WaitAsync(timeout.Token));

                // Without any wait: only for the catalog of this very moment.
                await runtime.WhenSettledAsync(TimeSpan.Zero, stopping);
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
