using System.CommandLine;
using System.Text.Json;
using McpHub.Composition.Checking;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Configuration.Reading;
using McpHub.Protocol;
using Serilog.Events;

namespace McpHub.Server.CommandLine;

/// <summary><c>compose validate</c>: checks a definition, and its flow against the tools of the configured servers.</summary>
internal static class ComposeValidateCommand
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(15);
    private static readonly JsonSerializerOptions Indented = new(JsonDefaults.Options) { WriteIndented = true };

    public static Command Create(CommonOptions common)
    {
        var command = new Command(
            "validate", "Checks a composition: its form, its graph, and whether what flows fits the tools of the configured servers. Exit code 1 if a tool is not there, 2 if the definition is wrong.");
        var file = ComposeCommand.FileArgument();
        var json = new Option<bool>("--json") { Description = "Print the issues as JSON." };
        var offline = new Option<bool>("--offline") { Description = "Ask no servers: check the form and the graph only." };
        var wait = OneShot.WaitOption("15s");
        command.Add(file);
        command.Add(json);
        command.Add(offline);
        command.Add(wait);
        command.SetAction(async (parsed, _) =>
        {
            var definition = await DefinitionFile.ReadAsync(parsed.GetValue(file)!);
            var asJson = parsed.GetValue(json);
            if (definition.Plan is not { } plan || parsed.GetValue(offline))
            {
                return Tell(definition.Plan, definition.Issues, asJson);
            }

            var loaded = LoadedConfiguration.Load(common.ConfigFile(parsed));
            if (!loaded.Report(Console.Error))
            {
                return ExitCode.Usage;
            }

            await using var log = common.OpenLog(parsed, LogEventLevel.Error);
            return await OneShot.RunAsync(loaded.Config!, log, async (runtime, _, stopping) =>
            {
                await runtime.WhenSettledAsync(parsed.GetValue(wait) ?? DefaultWait, stopping);
                var issues = new IssueCollector(new TextPositions(definition.Utf8));
                CatalogCheck.Check(plan, new ViewDirectory(runtime.Catalog.Current.Root), issues, IssueSeverity.Warning);
                var all = definition.Issues.Concat(issues.ToList()).ToArray();
                var code = Tell(issues.HasErrors ? null : plan, all, asJson);
                if (code == ExitCode.Ok && plan.Calls.Any(c => runtime.Catalog.Current.Root.FindTool(c.ToolJson) is null))
                {
                    OneShot.TellMissing(runtime);
                    return ExitCode.Failed;
                }

                return code;
            });
        });
        return command;
    }

    private static int Tell(CompositionPlan? plan, IReadOnlyList<ConfigurationIssue> issues, bool asJson)
    {
        if (asJson)
        {
            var shown = new
            {
                name = plan?.Definition.Name,
                valid = plan is not null,
                issues = issues.Select(i => new
                {
                    severity = i.Severity == IssueSeverity.Error ? "error" : "warning",
                    path = i.Path,
                    line = i.Line,
                    column = i.Column,
                    value = i.Value,
                    problem = i.Problem,
                    mend = i.Mend,
                }),
            };
            Console.WriteLine(JsonSerializer.Serialize(shown, Indented));
        }
        else
        {
            DefinitionFile.Tell(issues);
            if (plan is not null)
            {
                Console.WriteLine($"{plan.Definition.Name}: {plan.Steps.Length} steps, {(issues.Count == 0 ? "all is well" : "can be used")}.");
            }
        }

        return plan is null ? ExitCode.Usage : ExitCode.Ok;
    }
}
