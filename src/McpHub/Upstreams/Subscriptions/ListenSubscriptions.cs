using System.Diagnostics;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>
/// Keeps the one <c>subscriptions/listen</c> to a modern server that asks for everything that anybody wants. Another filter is another
/// request: it is opened, and only when the server has acknowledged it the old one is closed.
/// </summary>
/// <param name="name">The server's name.</param>
/// <param name="connection">The connection.</param>
/// <param name="wanted">The resources that somebody wants to be told of.</param>
/// <param name="events">What is told that anything may have changed while nobody listened.</param>
/// <param name="served">Completes when clients can read what they are told has changed.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ListenSubscriptions(
    string name, UpstreamConnection connection, WantedResources wanted, IUpstreamEvents events, Task served, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    // After this long the next break is a new story. A server that acknowledges and ends at once would else be listened to every second,
    // and each time everything be read and told anew.
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);

    // A server that listens and doesn't say so is taken at its deeds.
    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _hearing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _refused = [];
    private HashSet<string> _asked = [];
    private OpenListen? _open;
    private TimeSpan _pause = FirstPause;
    private long _heardSince;
    private bool _isUnheard;
    private bool _isUseless;
    private bool _hasListened;

    /// <summary>Completes when the server has acknowledged the first request, or is known not to.</summary>
    public Task Hearing => _hearing.Task;

    /// <summary>Listens to what is wanted, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // What was wanted before this connection may have changed while there was none.
        var isLate = true;
        while (true)
        {
            var all = wanted.Read(out _, out var changed);
            _refused.IntersectWith(all);
            if (_isUseless)
            {
                Refuse(all, "it has no subscriptions");
                await changed.WaitAsync(cancellationToken);
                continue;
            }

            var uris = all.Where(uri => !_refused.Contains(uri)).ToHashSet();
            if (_open is null || !_asked.SetEquals(uris))
            {
                if (!await TryOpenAsync(uris, cancellationToken))
                {
                    continue;
                }

                if (isLate || _isUnheard)
                {
                    await TellLateAsync(all, cancellationToken);
                    isLate = false;
                }
            }

            await Task.WhenAny(changed, _open!.Ended).WaitAsync(cancellationToken);
            if (_open.Ended.IsCompleted)
            {
                LogEnded(logger, name, (await _open.Ended).Reason);
                await CloseAsync();
                _isUnheard = true;
                _pause = time.GetElapsedTime(_heardSince) >= StableAfter ? FirstPause : _pause;
                await PauseAsync(cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <returns><see langword="false"/> if the request has failed; what is wanted is then to be looked at anew.</returns>
    private async Task<bool> TryOpenAsync(HashSet<string> uris, CancellationToken cancellationToken)
    {
        var next = new OpenListen(connection, (id, ack) => GatewayRequests.Listen(id, uris, ack));
        var isAcknowledged = false;
        try
        {
            await Task.WhenAny(next.Ack.Filter, next.Ended).WaitAsync(AckLimit, time, cancellationToken);
            isAcknowledged = next.Ack.Filter.IsCompleted;
        }
        catch (TimeoutException)
        {
            LogSilent(logger, name);
        }
        catch (OperationCanceledException)
        {
            await next.DisposeAsync();
            throw;
        }

        if (!isAcknowledged && next.Ended.IsCompleted)
        {
            await next.DisposeAsync();
            await OnFailedAsync(await next.Ended, uris, cancellationToken);
            return false;
        }

        // With another filter it is still the same story.
        _heardSince = _open is null ? time.GetTimestamp() : _heardSince;
        await CloseAsync();
        _hasListened = true;
        _open = next;
        _asked = uris;
        if (isAcknowledged)
        {
            var honoured = (await next.Ack.Filter).Uris.ToHashSet();
            Refuse([.. uris.Where(uri => !honoured.Contains(uri))], "it does not tell of this resource");
        }
        else
        {
            // It may begin to listen only when it says so.
            _ = next.Ack.Filter.ContinueWith(_ => events.OnHeard(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        foreach (var uri in uris)
        {
            wanted.Settle(uri, null);
        }

        return true;
    }

    private async Task OnFailedAsync(ListenEnd end, HashSet<string> uris, CancellationToken cancellationToken)
    {
        LogFailed(logger, name, end.Reason);
        _hearing.TrySetResult();
        var wasTaken = _hasListened && uris.IsSubsetOf(_asked);
        if (!end.IsRefusal || (_open is null && wasTaken))
        {
            // Also a refusal of what was fine before: a server, or what stands before it, is just being replaced.
            _isUnheard |= _open is null;
            await PauseAsync(cancellationToken);
        }
        else if (_open is null && uris.Count == 0)
        {
            _isUseless = true;
        }
        else if (wasTaken)
        {
            // The old request, with more in it, does no harm.
            _asked = uris;
        }
        else
        {
            // It may be any of those that are new; lists at least can go on without them.
            Refuse([.. uris.Where(uri => _open is null || !_asked.Contains(uri))], end.Reason);
        }
    }

    private void Refuse(string[] uris, string reason)
    {
        foreach (var uri in uris)
        {
            _refused.Add(uri);
            _asked.Remove(uri);
            wanted.Settle(uri, new Failure(FailureKind.InvalidParams, $"Server '{name}' did not take the subscription: {reason}."));
        }
    }

    private async Task TellLateAsync(string[] uris, CancellationToken cancellationToken)
    {
        if (_isUnheard)
        {
            _isUnheard = false;
            events.OnUnheard(isNewSession: false);
            return;
        }

        events.OnHeard();
        _hearing.TrySetResult();
        await served.WaitAsync(cancellationToken);
        Array.ForEach(uris, events.OnResourceUpdated);
    }

    private async ValueTask CloseAsync()
    {
        if (_open is { } open)
        {
            _open = null;
            await open.DisposeAsync();
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_pause, time, cancellationToken);
        _pause = Pause.Longer(_pause, LongestPause);
    }

    [LoggerMessage(156, LogLevel.Debug, "Listening to server {Server} has ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, string server, string reason);

    [LoggerMessage(157, LogLevel.Debug, "Server {Server} could not be listened to: {Reason}")]
    private static partial void LogFailed(ILogger logger, string server, string reason);

    [LoggerMessage(158, LogLevel.Debug, "Server {Server} has not acknowledged what it is asked to tell of.")]
    private static partial void LogSilent(ILogger logger, string server);
}
