using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace McpHub.State;

/// <summary>
/// The SQLite of the operating system. It is kept current by whoever keeps the system current; a copy of our own would age with the
/// gateway, security holes included.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly string[] Names =
        OperatingSystem.IsWindows() ? ["winsqlite3"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    private static readonly Lazy<bool> Loaded = new(Provide);

    /// <summary>Makes SQLite known to its driver; done once.</summary>
    /// <exception cref="InvalidOperationException">The system has none.</exception>
    public static void Load()
    {
        if (!IsProvided() && !Array.Exists(Names, n => NativeLibrary.TryLoad(n, out _)))
        {
            throw new InvalidOperationException(
                $"The SQLite library ({Names[0]}) is not installed. On Debian and Ubuntu: apt-get install libsqlite3-0; on Alpine: apk add sqlite-libs.");
        }

        _ = Loaded.Value;
    }

    private static bool Provide()
    {
        if (IsProvided())
        {
            return true;
        }

        try
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // The application has a resolver of its own for it.
        }

        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    /// <summary>Whether the application that hosts the gateway has its own SQLite.</summary>
    private static bool IsProvided()
    {
        try
        {
            return raw.GetNativeLibraryName() is not null;
        }
        catch (Exception)
        {
            // That is how the driver says that it has none.
            return false;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        // One that an application ships comes first, so that the process never has two.
        if (NativeLibrary.TryLoad(name, assembly, path, out var shipped))
        {
            return shipped;
        }

        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, out var library))
            {
                return library;
            }
        }

        return 0;
    }
}
