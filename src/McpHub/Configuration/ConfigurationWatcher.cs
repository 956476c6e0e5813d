using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace McpHub.Configuration;

/// <summary>
/// Reads the configuration again whenever its file, or a file that it draws in, has other content, and hands over the result,
/// be it good or bad. Results are handed over one at a time and in order; nothing is ever thrown from the background.
/// </summary>
/// <remarks>
/// The content decides, not the notification: editors replace files by renaming, orchestrators swap symbolic links, and both
/// notify often and in ways that differ between systems. A notification only makes the next look come sooner than the poll.
/// </remarks>
public sealed partial class ConfigurationWatcher : IAsyncDisposable
{
    /// <summary>A file that is written all the time is handed over all the same.</summary>
    private const int MaxAttempts = 20;

    private readonly Func<ConfigurationResult, CancellationToken, Task> _changed;
    private readonly IReadOnlyDictionary<string, string>? _environment;
    private readonly ConfigurationWatcherOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly FolderNotifications? _notifications;
    private readonly Task _watching;

    /// <summary>One place: any number of notifications make one look.</summary>
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private ConfigurationResult _current;

    /// <summary>Starts to watch.</summary>
    /// <param name="current">What was read at the start; a change between that reading and now is not missed.</param>
    /// <param name="changed">Called with each new result.</param>
    /// <param name="logger">Takes what goes wrong in the background.</param>
    /// <param name="environment">The variables for <c>${VAR}</c>; those of the process when absent.</param>
    /// <param name="options">How to watch.</param>
    /// <param name="time">The clock of debounce and poll.</param>
    public ConfigurationWatcher(
        ConfigurationResult current,
        Func<ConfigurationResult, CancellationToken, Task> changed,
        ILogger logger,
        IReadOnlyDictionary<string, string>? environment = null,
        ConfigurationWatcherOptions? options = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(changed);
        ArgumentNullException.ThrowIfNull(logger);
        _current = current;
        _changed = changed;
        _logger = logger;
        _environment = environment;
        _options = options ?? new ConfigurationWatcherOptions();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.Poll, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Debounce, TimeSpan.Zero, nameof(options));
        _time = time ?? TimeProvider.System;
        _notifications = _options.Notifications ? new FolderNotifications(current.Path, Signal, logger) : null;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Stops to watch and waits until a call to the callback, if there is one, has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        _notifications?.Dispose();
        await _watching;
        _stopping.Dispose();
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await LookAsync();
                if (await WaitForSignalAsync())
                {
                    // The notifications that follow the first one fall into this wait, and into the look after it.
                    await Task.Delay(_options.Debounce, _time, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            Log.Stopped(_logger, _current.Path, failure);
        }
    }

    /// <summary>Hands over a new result when the content differs from that of the last one.</summary>
    private async Task LookAsync()
    {
        try
        {
            if (!HasChanged(_current))
            {
                return;
            }

            var result = await ReadSettledAsync();
            if (result.Sources.SequenceEqual(_current.Sources))
            {
                return;
            }

            _current = result;
            await _changed(result, _stopping.Token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            Log.CallbackFailed(_logger, _current.Path, failure);
        }
    }

    /// <summary>
    /// Reads until the content stays the same for a while: the first look may fall between the two steps of a replacement, when
    /// there is no file, or into the midst of a write, when there is half of one.
    /// </summary>
    private async Task<ConfigurationResult> ReadSettledAsync()
    {
        var result = ConfigurationReader.Read(_current.Path, _environment);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            await Task.Delay(_options.Debounce, _time, _stopping.Token);
            if (!HasChanged(result))
            {
                break;
            }

            result = ConfigurationReader.Read(_current.Path, _environment);
        }

        return result;
    }

    private static bool HasChanged(ConfigurationResult result) =>
        result.Sources.Count == 0 || result.Sources.Any(source => source.HasChanged());

    /// <summary>Returns whether a signal came; otherwise it is time to look without one.</summary>
    private async Task<bool> WaitForSignalAsync()
    {
        using var timeout = new CancellationTokenSource(_options.Poll, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            return await _signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Handling the changed configuration {Path} failed; it is not tried again until the file changes.")]
        public static partial void CallbackFailed(ILogger logger, string path, Exception failure);

        [LoggerMessage(2, LogLevel.Error, "The configuration {Path} is no longer watched; restart the gateway to apply changes.")]
        public static partial void Stopped(ILogger logger, string path, Exception failure);
    }
}
