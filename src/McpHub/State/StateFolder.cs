using System.Runtime.InteropServices;
using McpHub.Configuration;

namespace McpHub.State;

/// <summary>The folder of what the gateway keeps beyond its end.</summary>
internal static partial class StateFolder
{
    // The same number on Linux and macOS.
    private const int FileExists = 17;

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

    /// <summary>Puts a file that was written aside in its place, unless there is one: of several who do so at once, one succeeds.</summary>
    /// <returns>Whether it was this one. The file aside is gone in either case.</returns>
    /// <exception cref="IOException">It can't be put there.</exception>
    public static bool TryPlace(string aside, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMove(aside, path);
        }

        // The framework's own move looks whether there is a file, and then replaces what came meanwhile.
        if (Link(aside, path) == 0)
        {
            File.Delete(aside);
            return true;
        }

        if (Marshal.GetLastPInvokeError() == FileExists)
        {
            File.Delete(aside);
            return false;
        }

        // Some file systems have no second names. There it is next to certain only.
        return TryMove(aside, path);
    }

    private static bool TryMove(string aside, string path)
    {
        try
        {
            File.Move(aside, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(aside);
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string from, string to);
}
