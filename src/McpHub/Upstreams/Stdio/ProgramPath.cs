namespace McpHub.Upstreams.Stdio;

/// <summary>Finds a program the way a shell would, in the <c>PATH</c> that the program itself will see.</summary>
internal static class ProgramPath
{
    public static string? Find(string command, string? path, string? workingDirectory)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            var whole = Path.GetFullPath(command, workingDirectory ?? Environment.CurrentDirectory);
            return IsExecutable(whole) ? whole : null;
        }

        foreach (var folder in (path ?? "/usr/local/bin:/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Combine(folder, command);
            if (IsExecutable(candidate))
            {
                return Path.GetFullPath(candidate);
            }
        }

        return null;
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
