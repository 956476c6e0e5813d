namespace McpHub.Testing;

/// <summary>The programs of the repository, as they were built in the configuration of the running tests.</summary>
public static class BuiltPrograms
{
    /// <summary>The gateway, to be started with <c>dotnet</c>.</summary>
    public static string Gateway { get; } = Find("src", "McpHub.Server");

    /// <summary>A server that offers something of everything, to be started with <c>dotnet</c> and <c>--stdio</c> or <c>--http URL</c>.</summary>
    public static string ConformanceServer { get; } = Find("tests", "McpHub.ConformanceServer");

    private static string Find(string folder, string project)
    {
        // …/tests/PROJECT/bin/CONFIGURATION/FRAMEWORK
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var configuration = framework.Parent!;
        var root = configuration.Parent?.Parent?.Parent?.Parent
            ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        var path = Path.Combine(root.FullName, folder, project, "bin", configuration.Name, framework.Name, project + ".dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} was not built.");
    }
}
