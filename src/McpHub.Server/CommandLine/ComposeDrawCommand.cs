using System.CommandLine;
using McpHub.Composition.Drawing;

namespace McpHub.Server.CommandLine;

/// <summary><c>compose draw</c>: a picture of the graph. Needs no servers.</summary>
internal static class ComposeDrawCommand
{
    private const string Svg = "svg";
    private const string Text = "text";

    public static Command Create()
    {
        var command = new Command("draw", "Draws the steps of a composition and what each waits for. Exit code 2 if the definition is wrong.");
        var file = ComposeCommand.FileArgument();
        var format = new Option<string>("--format") { Description = "svg or text.", HelpName = "FORMAT", DefaultValueFactory = _ => Text };
        format.AcceptOnlyFromAmong(Text, Svg);
        command.Add(file);
        command.Add(format);
        command.SetAction(async (parsed, _) =>
        {
            var definition = await DefinitionFile.ReadAsync(parsed.GetValue(file)!);
            DefinitionFile.Tell(definition.Issues);
            if (definition.Plan is not { } plan)
            {
                return ExitCode.Usage;
            }

            await Console.Out.WriteAsync(parsed.GetValue(format) == Svg ? SvgDrawing.Draw(plan) : TextDrawing.Draw(plan));
            return ExitCode.Ok;
        });
        return command;
    }
}
