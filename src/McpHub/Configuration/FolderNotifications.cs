using Microsoft.Extensions.Logging;

namespace McpHub.Configuration;

/// <summary>
/// Calls back on anything that happens in the folder of a file, and in that of its target when it is a symbolic link. When the
/// system refuses to notify (no folder, no more watches), that is logged and nothing is called; the caller polls anyway.
/// </summary>
internal sealed partial class FolderNotifications : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly Action _signal;
    private readonly ILogger _logger;

    public FolderNotifications(string path, Action signal, ILogger logger)
    {
        _signal = signal;
        _logger = logger;
        foreach (var folder in Folders(path))
        {
            TryWatch(folder);
        }
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dispose();
        }
    }

    private static IEnumerable<string> Folders(string path)
    {
        string? target = null;
        try
        {
            target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A broken chain of links: the folder of the first one is still worth watching.
        }

        return new[] { path, target }.OfType<string>().Select(Path.GetDirectoryName).OfType<string>().Distinct();
    }

    private void TryWatch(string folder)
    {
        try
        {
            // Every name, because a swapped link further up shows only as a rename of the link (..data in Kubernetes).
            var watcher = new FileSystemWatcher(folder);
            _watchers.Add(watcher);
            watcher.Changed += (_, _) => _signal();
            watcher.Created += (_, _) => _signal();
            watcher.Deleted += (_, _) => _signal();
            watcher.Renamed += (_, _) => _signal();
            watcher.Error += (_, failure) => OnError(folder, failure.GetException());
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception failure) when (
            failure is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            Log.Unavailable(_logger, folder, failure);
        }
    }

    private void OnError(string folder, Exception failure)
    {
        // Lost notifications, at the least: look now. Where the folder itself is gone, the poll carries on alone.
        Log.Unavailable(_logger, folder, failure);
        _signal();
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning, "Changes in {Folder} are not notified reliably; the configuration is polled instead.")]
        public static partial void Unavailable(ILogger logger, string folder, Exception failure);
    }
}
