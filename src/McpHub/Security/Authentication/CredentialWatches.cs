using System.Collections.Concurrent;
using McpHub.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpHub.Security.Authentication;

/// <summary>
/// Looks again at the credentials of requests that stay open: what was good when a stream was opened may expire, or be taken out of the
/// configuration. Thread-safe.
/// </summary>
internal sealed partial class CredentialWatches : IDisposable
{
    /// <summary>How often each is looked at.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<CredentialWatch, byte> _watches = new();
    private readonly Authenticator _authenticator;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Task _checking = Task.CompletedTask;

    public CredentialWatches(Authenticator authenticator, TimeProvider time, ILogger<CredentialWatches> logger)
    {
        _authenticator = authenticator;
        _logger = logger;
        _timer = time.CreateTimer(static state => ((CredentialWatches)state!).OnTick(), this, Period, Period);
    }

    /// <summary>How many there are.</summary>
    public int Count => _watches.Count;

    /// <summary>Looks at a request's credential from now on.</summary>
    public CredentialWatch Add(HttpRequest request, string server, Caller caller)
    {
        var watch = new CredentialWatch(Credential.Of(request, out _), server, caller, this);
        _watches.TryAdd(watch, 0);
        return watch;
    }

    public void Remove(CredentialWatch watch) => _watches.TryRemove(watch, out _);

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        // One round at a time: an issuer that has to be asked may take longer than a period.
        if (_checking.IsCompleted)
        {
            _checking = Task.Run(CheckAllAsync);
        }
    }

    private async Task CheckAllAsync()
    {
        foreach (var (watch, _) in _watches)
        {
            try
            {
                var watched = watch.Current;
                if (!await _authenticator.IsStillGoodAsync(watched, watch.Caller, watch.Server) && ReferenceEquals(watched, watch.Current))
                {
                    Remove(watch);
                    await watch.LoseAsync();
                }
            }
            catch (Exception e)
            {
                // Nobody else sees this task fail, and the others have to be looked at all the same.
                LogFault(_logger, e);
            }
        }
    }

    [LoggerMessage(226, LogLevel.Error, "The credential of an open stream could not be looked at.")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
