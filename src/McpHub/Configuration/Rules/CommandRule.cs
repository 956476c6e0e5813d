using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>The program of a server.</summary>
internal static class CommandRule
{
    public static Problem? Check(string command) =>
        string.IsNullOrWhiteSpace(command) ? new Problem("is empty", "Name the program, for example \"npx\".") : null;

    /// <summary>Whether the arguments were probably put into the command, which nothing would take apart again.</summary>
    public static Problem? LooksLikeCommandLine(string command)
    {
        var space = command.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && !command.AsSpan(0, space).ContainsAny('/', '\\')
            ? new Problem(
                "looks like a whole command line, but no shell takes it apart",
                "Put the program into command and each argument into args.")
            : null;
    }
}
