using McpHub.Configuration;

namespace McpHub.State;

/// <summary>The folder of what the gateway keeps beyond its end.</summary>
internal static class StateFolder
{
    /// <summary>The configured folder, or one of the user that the gateway runs as; <see langword="null"/> for a user who has none.</summary>
    public static string? Of(HubConfig config)
    {
        if (config.Gateway.State.Path is { } path)
        {
            return path;
        }

        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length == 0 ? null : Path.Combine(data, "mcphub");
    }

    /// <summary>Makes sure that the folder is there. A new one is for its owner alone.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
