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

    /// <summary>Opens a file of the folder. A new one is for its owner alone, and nobody else can open it as long as it is open.</summary>
    public static FileStream OpenFile(string path, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
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
