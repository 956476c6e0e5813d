using System.CommandLine;

namespace McpHub.Server.CommandLine;

/// <summary><c>call</c>: calls one tool the way a client of the newest revision does, without any transport in between.</summary>
internal static class CallCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("call", "Calls a tool and prints its text. Exit code 1 if it fails.");
        var tool = new Argument<string>("TOOL") { Description = "The tool's name, as 'mcphub tools' shows it." };
        var call = new ToolCallOptions();
        command.Add(tool);
        call.AddTo(command);
        command.SetAction((parsed, _) => call.RunAsync(parsed, common, parsed.GetValue(tool)!, [parsed.GetValue(tool)!], config => config));
        return command;
    }
}
