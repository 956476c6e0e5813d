using System.Collections.Concurrent;
using System.Security.Cryptography;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.AspNetCore.WebUtilities;

namespace McpHub.Transports.Http;

/// <summary>The sessions of legacy clients over HTTP. Bounded, and forgotten after a while without a request. Thread-safe.</summary>
internal sealed class SessionStore : ISessionPlaces, IDisposable
{
    // 144 random bits, as 24 characters of the URL-safe alphabet: visible ASCII, as the specification wants it.
    private const int IdBytes = 18;

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ClientSession> _sessions = new();
    private readonly CatalogStore _catalog;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private int _count;

    public SessionStore(CatalogStore catalog, McpMetrics metrics, TimeProvider time)
    {
        _catalog = catalog;
        _time = time;
        _sweeper = time.CreateTimer(static state => ((SessionStore)state!).Sweep(), this, SweepPeriod, SweepPeriod);
        metrics.ObserveGauge("mcphub.sessions", "{session}", "The open sessions of legacy HTTP clients.", () => [new(Count)]);
    }

    public int Count => Volatile.Read(ref _count);

    private SessionsConfig Config => _catalog.Current.Config.Gateway.Sessions;

    /// <summary>An id that nobody guesses.</summary>
    public static string NewId() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(IdBytes));

    public Failure? Reserve()
    {
        if (Interlocked.Increment(ref _count) <= Config.Max)
        {
            return null;
        }

        Release();
        return new Failure(FailureKind.TooManySessions, "There are too many sessions (gateway.sessions.max); try again later.");
    }

    public void Release() => Interlocked.Decrement(ref _count);

    /// <summary>Gives a session for which there is a place an id, and keeps it.</summary>
    /// <returns>The session under its id.</returns>
    public ClientSession Add(ClientSession opened, string endpoint)
    {
        var id = NewId();
        var session = new ClientSession(id, opened.Revision, opened.Capabilities)
        {
            Caller = opened.Caller,
            Endpoint = endpoint,
            LastUsed = _time.GetTimestamp(),
        };
        _sessions[id] = session;
        return session;
    }

    /// <summary>Finds a session by its id, the endpoint that it was opened on and the caller who opened it, and notes that it is used.</summary>
    /// <returns>The session; <see langword="null"/> as well if it is somebody else's, who then learns nothing of it.</returns>
    public ClientSession? Find(string id, string endpoint, Caller caller)
    {
        if (!_sessions.TryGetValue(id, out var session)
            || !string.Equals(session.Endpoint, endpoint, StringComparison.OrdinalIgnoreCase)
            || !string.Equals(session.Caller.Key, caller.Key, StringComparison.Ordinal))
        {
            return null;
        }

        session.Caller = caller;
        session.LastUsed = _time.GetTimestamp();
        return session;
    }

    /// <summary>Notes that a session is still used: a call of it has just ended.</summary>
    public void Touch(ClientSession session) => session.LastUsed = _time.GetTimestamp();

    /// <summary>Forgets a session and cancels what it has in flight.</summary>
    public void Remove(ClientSession session)
    {
        if (_sessions.TryRemove(session.Id, out _))
        {
            Release();
            session.End();
        }
    }

    public void Dispose() => _sweeper.Dispose();

    private void Sweep()
    {
        var config = Config;
        foreach (var (_, session) in _sessions)
        {
            session.Streams?.Sweep();
            if (!session.IsBusy && _time.GetElapsedTime(session.LastUsed) > config.Idle)
            {
                Remove(session);
            }
        }
    }
}
