namespace McpHub.Configuration;

/// <summary>Finds the configuration in a folder by the names that McpHub and the common clients give it.</summary>
public static class ConfigurationLocator
{
    /// <summary>The names, the more particular to McpHub the earlier; the first that exists is taken.</summary>
    public static IReadOnlyList<string> FileNames { get; } =
        ["mcphub.json", ".mcp.json", "mcp.json", ".vscode/mcp.json", "claude_desktop_config.json"];

    /// <summary>Returns the path of the configuration file in a folder, or <see langword="null"/> when there is none.</summary>
    public static string? Find(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return FileNames.Select(name => Path.GetFullPath(Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
