using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The settings of a server that is a child process.</summary>
internal static class StdioTransportReader
{
    private static readonly StringComparer EnvironmentNames =
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    public static StdioTransportConfig? Read(SectionReader section)
    {
        var command = section.Text("command", CommandRule.Check);
        var args = section.Texts("args") ?? [];
        if (command is not null && args.Count == 0 && CommandRule.LooksLikeCommandLine(command) is { } problem)
        {
            // No value: arguments often are tokens.
            section.Context.Issues.Warn(section.Node["command"]!, problem);
        }

        var env = new Dictionary<string, string>(EnvironmentNames);
        foreach (var (name, value) in EnvironmentFileReader.Read(section, "envFile"))
        {
            env[name] = value;
        }

        // As in VS Code, what stands in the entry itself wins over the file.
        var own = section.Secrets("env", EnvironmentNames, EnvironmentNameRule.Check, static _ => null);
        foreach (var (name, value) in own ?? new Dictionary<string, string>())
        {
            env[name] = value;
        }

        var cwd = section.Text("cwd", TextRules.NotEmpty);
        return command is null ? null : new StdioTransportConfig
        {
            Command = command,
            Args = args,
            Env = env,
            Cwd = cwd is null ? null : section.Context.Files.Resolve(cwd),
        };
    }
}
