using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>
/// The sessions with one legacy server in which it may ask for input, or lists what it lists only for clients that can do certain things.
/// The session that everybody shares declares no capabilities, and capabilities never change within a session; so a call whose client can
/// be asked, or sees another list, runs in one that was opened with just that client's.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Over Streamable HTTP a server's request comes on the stream of the call that caused it, so calls with the same capabilities share a
/// session. Where all calls share one stream (stdio, HTTP+SSE), nothing tells which call a request is about: there a session belongs to
/// one legacy client, whose business it is in any case, or runs one call of a modern client at a time. Nobody ever guesses. Where nothing
/// can be asked, all clients with the same capabilities share one.
/// </remarks>
internal sealed partial class InteractiveSessions : IAsyncDisposable
{
    // Over stdio each is a process.
    private const int MostSessions = 32;

    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly List<InteractiveSession> _sessions = [];
    private readonly Func<ClientFeatures, SessionInputs?, CancellationToken, Task<OpenedSession>> _open;
    private readonly Func<bool> _hasOneStream;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _server;
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _sweeper;
    private bool _isDisposed;

    /// <param name="server">The server's name.</param>
    /// <param name="hasOneStream">Whether all calls of a session share one stream, as far as is known before one is open.</param>
    /// <param name="open">Opens a session with these capabilities, for one client or for several.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public InteractiveSessions(
        string server,
        Func<bool> hasOneStream,
        Func<ClientFeatures, SessionInputs?, CancellationToken, Task<OpenedSession>> open,
        TimeProvider time,
        ILogger logger)
    {
        _server = server;
        _open = open;
        _time = time;
        _logger = logger;
        _hasOneStream = hasOneStream;
    }

    /// <summary>A session for one call.</summary>
    /// <param name="features">What the client can do, and the server is told.</param>
    /// <param name="owner">The legacy client; <see langword="null"/> for a modern one, or where nothing can be asked.</param>
    /// <param name="inputLimit">How long the client may take for an answer.</param>
    /// <param name="cancellationToken">Ends the wait for a free session.</param>
    /// <exception cref="UpstreamException">The server can't be reached, or too many clients use it at the same time.</exception>
    public async ValueTask<InteractiveSession> RentAsync(
        ClientFeatures features, ClientSession? owner, TimeSpan inputLimit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task released;
            InteractiveSession? session;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                session = Find(features, owner) ?? Add(features, owner, inputLimit);
                session?.Rent();
                released = _released.Task;
            }

            if (session is null)
            {
                await released.WaitAsync(cancellationToken);
                continue;
            }

            try
            {
                await session.Opening.WaitAsync(cancellationToken);
                return session;
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }
    }

    /// <summary>Nobody lists with these capabilities any more: sessions of no one's own that nobody uses are closed before their time.</summary>
    public void Retire(ClientFeatures features)
    {
        lock (_lock)
        {
            EndAll(s => s.Features == features && s.Owner is null && !s.IsRented);
        }
    }

    public async ValueTask DisposeAsync()
    {
        InteractiveSession[] sessions;
        lock (_lock)
        {
            _isDisposed = true;
            sessions = [.. _sessions];
            _sessions.Clear();
            _released.TrySetResult();
        }

        if (_sweeper is not null)
        {
            await _sweeper.DisposeAsync();
        }

        await Task.WhenAll(sessions.Select(s => s.EndAsync(_logger)));
    }

    private InteractiveSession? Find(ClientFeatures features, ClientSession? owner)
    {
        foreach (var session in _sessions)
        {
            if (session.Features == features && session.Owner == owner && !session.IsLost && !session.IsSpent
                && (owner is not null || !session.HasInputs || !session.IsRented || !(session.HasOneStream || _hasOneStream())))
            {
                return session;
            }
        }

        return null;
    }

    private InteractiveSession? Add(ClientFeatures features, ClientSession? owner, TimeSpan inputLimit)
    {
        // A program that keeps ending must not leave its remains until the next sweep.
        EndAll(static s => s.IsLost);
        if (_sessions.Count >= MostSessions && !TryEvict())
        {
            return null;
        }

        _sweeper ??= _time.CreateTimer(static state => ((InteractiveSessions)state!).Sweep(), this, SweepPeriod, SweepPeriod);
        var session = new InteractiveSession(features, owner, inputLimit, _open, OnReleased, _time);
        _sessions.Add(session);
        LogOpening(_logger, _server, features);
        return session;
    }

    private bool TryEvict()
    {
        var oldest = _sessions.Where(s => !s.IsRented).MinBy(s => s.IsSpent ? long.MinValue : s.LastUsed);
        if (oldest is null)
        {
            return false;
        }

        _sessions.Remove(oldest);
        _ = oldest.EndAsync(_logger);
        return true;
    }

    private void OnReleased()
    {
        lock (_lock)
        {
            _released.TrySetResult();
            _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Sweep()
    {
        lock (_lock)
        {
            EndAll(s => s.IsLost || (!s.IsRented && (s.IsSpent || s.Owner?.IsEnded == true || _time.GetElapsedTime(s.LastUsed) > IdleLimit)));
        }
    }

    private void EndAll(Func<InteractiveSession, bool> isOver)
    {
        for (var i = _sessions.Count - 1; i >= 0; i--)
        {
            var session = _sessions[i];
            if (isOver(session))
            {
                _sessions.RemoveAt(i);
                _ = session.EndAsync(_logger);
            }
        }
    }

    [LoggerMessage(167, LogLevel.Debug, "Server {Server} gets a session of its own for clients with the capabilities {Features}.")]
    private static partial void LogOpening(ILogger logger, string server, ClientFeatures features);
}
