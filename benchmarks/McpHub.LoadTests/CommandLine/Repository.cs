using System.Diagnostics;

namespace McpHub.LoadTests.CommandLine;

/// <summary>The repository that this executable was built in.</summary>
internal static class Repository
{
    /// <summary>Where a Release build puts the gateway.</summary>
    public static string GatewayPath() =>
        Path.Combine(Root(), "src", "McpHub.Server", "bin", "Release", "net10.0", "McpHub.Server.dll");

    /// <summary>The commit that is checked out, with a mark if files differ from it.</summary>
    public static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--abbrev=12"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Root(),
            })!;
            if (git.WaitForExit(TimeSpan.FromSeconds(5)) && git.ExitCode == 0)
                return git.StandardOutput.ReadToEnd().Trim();
            git.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Without git, or when it ended meanwhile, the commit stays unknown.
        }

        return "unknown";
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "McpHub.sln")))
                return directory.FullName;
        }

        return Environment.CurrentDirectory;
    }
}
