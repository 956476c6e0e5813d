namespace McpHub.Testing.Interop;

/// <summary>Where things lie in the repository whose tests are running.</summary>
public static class RepositoryFolders
{
    public static string Root { get; } = FindRoot();

    /// <summary>The file of a program of the repository, built in the same configuration as the running tests.</summary>
    public static string Program(string folder, string name)
    {
        // …/bin/CONFIGURATION/net10.0/
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var file = Path.Combine(Root, folder, name, "bin", output.Parent!.Name, output.Name, name + ".dll");
        return File.Exists(file) ? file : throw new FileNotFoundException($"{name} has not been built.", file);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "McpHub.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests don't run inside the repository.");
        }

        return folder.FullName;
    }
}
