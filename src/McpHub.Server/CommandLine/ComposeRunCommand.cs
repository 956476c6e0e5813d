using System.CommandLine;
using McpHub.Configuration.Reading;

namespace McpHub.Server.CommandLine;

/// <summary><c>compose run</c>: calls a composition that is in no configuration yet.</summary>
internal static class ComposeRunCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("run", "Runs a composition with the tools of the configured servers, and prints its result. Exit code 1 if it fails, 2 if the definition is wrong.");
        var file = ComposeCommand.FileArgument();
        var call = new ToolCallOptions();
        command.Add(file);
        call.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var definition = await DefinitionFile.ReadAsync(parsed.GetValue(file)!);
            DefinitionFile.Tell(definition.Issues);
            return definition.Plan is { Definition: var composition } plan
                ? await call.RunAsync(parsed, common, composition.Name, [.. plan.Calls.Select(c => c.Tool!)], config => config with
                {
                    Gateway = config.Gateway with
                    {
                        Compositions = new Dictionary<string, string>(config.Gateway.Compositions) { [composition.Name] = ConfigJson.Of(composition.Node) },
                    },
                })
                : ExitCode.Usage;
        });
        return command;
    }
}
