using System.CommandLine;

namespace McpHub.Server.CommandLine;

/// <summary><c>compose</c>: looks at compositions before they are served.</summary>
internal static class ComposeCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("compose", "Validates, runs and draws compositions: tools made of other tools.");
        command.Add(ComposeValidateCommand.Create(common));
        command.Add(ComposeRunCommand.Create(common));
        command.Add(ComposeDrawCommand.Create());
        return command;
    }

    public static Argument<string> FileArgument() => new("FILE") { Description = "The file of the definition; - reads it from standard input." };
}
