using McpHub.Configuration;
using Microsoft.Extensions.Logging;

namespace McpHub.Security.Authentication;

/// <summary>
/// The keys that an issuer publishes: fetched at start, from time to time, and when a token names one that isn't known. When the issuer
/// can't be reached, the last good ones stay.
/// </summary>
internal sealed partial class RemoteKeys : IKeySource, IDisposable
{
    /// <summary>Between two fetches, whatever tokens name: anybody can make up names of keys.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly IssuerConfig _issuer;
    private readonly KeyFetcher _fetcher;
    private readonly Action _onWithdrawn;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private readonly ITimer _timer;
    private volatile KeySet? _current;
    private volatile string? _problem = "Its keys have not been fetched yet.";
    private TimeSpan _refresh;
    private Task<KeySet?>? _fetching;
    private long? _lastFetch;

    /// <param name="issuer">The issuer.</param>
    /// <param name="refresh">How often to fetch without being asked.</param>
    /// <param name="fetcher">Fetches.</param>
    /// <param name="onWithdrawn">Called when a key is no longer published, after it is no longer <see cref="Current"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public RemoteKeys(IssuerConfig issuer, TimeSpan refresh, KeyFetcher fetcher, Action onWithdrawn, TimeProvider time, ILogger logger)
    {
        _issuer = issuer;
        _fetcher = fetcher;
        _onWithdrawn = onWithdrawn;
        _time = time;
        _logger = logger;
        _refresh = refresh;
        _stopped = _stopping.Token;
        _timer = time.CreateTimer(static state => _ = ((RemoteKeys)state!).RefreshAsync(), this, TimeSpan.Zero, refresh);
    }

    public KeySet? Current => _current;

    public string? Problem => _problem;

    /// <summary>Fetches at other times from now on. Call it from one thread at a time.</summary>
    /// <param name="refresh">How often to fetch without being asked.</param>
    /// <returns>This very object, with the keys that it has.</returns>
    public RemoteKeys FetchEvery(TimeSpan refresh)
    {
        if (refresh != _refresh)
        {
            _refresh = refresh;
            _timer.Change(refresh, refresh);
        }

        return this;
    }

    public Task<KeySet?> RefreshAsync()
    {
        lock (_lock)
        {
            if (_fetching is { IsCompleted: false } running)
            {
                return running;
            }

            if (_stopped.IsCancellationRequested || (_lastFetch is { } last && _time.GetElapsedTime(last) < Pause))
            {
                return Task.FromResult(_current);
            }

            _lastFetch = _time.GetTimestamp();
            return _fetching = Task.Run(FetchAsync);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        if (!_stopped.IsCancellationRequested)
        {
            _stopping.Cancel();
            _stopping.Dispose();
        }
    }

    /// <summary>Never throws.</summary>
    private async Task<KeySet?> FetchAsync()
    {
        try
        {
            var fetched = new KeySet(await _fetcher.FetchAsync(_issuer, _stopped));
            var old = _current;
            _current = fetched;
            if (_problem is not null && old is not null)
            {
                LogBack(_logger, _issuer.Issuer);
            }

            _problem = null;
            if (old?.Keys.All(fetched.Has) == false)
            {
                _onWithdrawn();
            }
        }
        catch (Exception) when (_stopped.IsCancellationRequested)
        {
            // The configuration has gone on without this issuer, or the gateway ends.
        }
        catch (IssuerException e)
        {
            _problem = e.Message;
            LogFailed(_logger, _issuer.Issuer, e.Message, _current is null ? "None of its tokens is accepted" : "The last good ones stay in use");
        }
        catch (Exception e)
        {
            _problem = "Its keys could not be read.";
            LogFault(_logger, e, _issuer.Issuer);
        }

        return _current;
    }

    [LoggerMessage(220, LogLevel.Warning, "The keys of the issuer {Issuer} could not be fetched: {Reason} {Consequence}.")]
    private static partial void LogFailed(ILogger logger, string issuer, string reason, string consequence);

    [LoggerMessage(221, LogLevel.Information, "The keys of the issuer {Issuer} are fresh again.")]
    private static partial void LogBack(ILogger logger, string issuer);

    [LoggerMessage(222, LogLevel.Error, "The keys of the issuer {Issuer} could not be read.")]
    private static partial void LogFault(ILogger logger, Exception exception, string issuer);
}
