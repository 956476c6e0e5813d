using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>A session in which a legacy server knows what the client can do, and may ask for input. Disposing gives it back to <see cref="InteractiveSessions"/>.</summary>
internal sealed partial class InteractiveSession : IDisposable
{
    private static readonly TimeSpan HearingLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Action _released;
    private UpstreamConnection? _opened;
    private readonly TimeProvider _time;
    private readonly SessionInputs? _ownerInputs;
    private int _rented;
    private volatile bool _isSpent;
    private long _lastUsed;

    public InteractiveSession(
        ClientFeatures features,
        ClientSession? owner,
        TimeSpan inputLimit,
        Func<ClientFeatures, SessionInputs?, CancellationToken, Task<OpenedSession>> open,
        Action released,
        TimeProvider time)
    {
        Features = features;
        Owner = owner;
        _ownerInputs = owner is null ? null : new SessionInputs(owner, null, inputLimit);
        _released = released;
        _time = time;
        _lastUsed = time.GetTimestamp();
        Opening = Task.Run(() => OpenAsync(open));
    }

    /// <summary>What the server was told of the client.</summary>
    public ClientFeatures Features { get; }

    /// <summary>Whether the server may ask for something in it.</summary>
    public bool HasInputs => (Features & ClientFeatures.Inputs) != ClientFeatures.None;

    /// <summary>The legacy client whose session it is; <see langword="null"/> for modern clients.</summary>
    public ClientSession? Owner { get; }

    /// <summary>Completes when the session is open, or could not be opened.</summary>
    public Task<OpenedSession> Opening { get; }

    public UpstreamConnection Connection => Opening.Result.Connection;

    /// <summary>Cancelled when the session is closed, whatever still runs in it.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public bool IsRented => Volatile.Read(ref _rented) > 0;

    public long LastUsed => Volatile.Read(ref _lastUsed);

    public bool IsLost => Opening.IsCompleted && (!Opening.IsCompletedSuccessfully || Connection.Closed.IsCompleted);

    /// <summary>Whether nothing may run in it any more, because of <see cref="Spend"/>.</summary>
    public bool IsSpent => _isSpent;

    /// <summary>Whether nothing but the order of messages tells which call they are about.</summary>
    public bool HasOneStream => Opening.IsCompletedSuccessfully && Connection is SharedStreamConnection;

    /// <summary>
    /// A call was broken off. On a stream of several clients' calls, what the server still asks because of it must not reach the client
    /// that comes next.
    /// </summary>
    public void Spend() => _isSpent |= Owner is null && HasOneStream && HasInputs;

    public void Rent() => Interlocked.Increment(ref _rented);

    public void Dispose()
    {
        Volatile.Write(ref _lastUsed, _time.GetTimestamp());
        Interlocked.Decrement(ref _rented);
        _released();
    }

    /// <summary>Closes the session. Never throws.</summary>
    public async Task EndAsync(ILogger logger)
    {
        await _stopping.CancelAsync();
        try
        {
            var session = await Opening;
            if (Owner is not null)
            {
                Owner.RootsChanged -= OnRootsChanged;
            }

            _ownerInputs?.Dispose();
            await session.Connection.DisposeAsync();
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException)
        {
            // It was never open.
        }
        catch (Exception e)
        {
            LogBroken(logger, e);
        }
    }

    private async Task<OpenedSession> OpenAsync(Func<ClientFeatures, SessionInputs?, CancellationToken, Task<OpenedSession>> open)
    {
        var session = await open(Features, _ownerInputs, _stopping.Token);
        _opened = session.Connection;
        if (Owner is not null)
        {
            Owner.RootsChanged += OnRootsChanged;
        }

        session.Connection.StartListening();

        // Some servers ask on their own stream, and drop what they ask while nobody listens there. Others send no headers before they
        // have something to say, so there is no waiting for certainty.
        await session.Connection.Hearing.WaitAsync(HearingLimit, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return session;
    }

    private void OnRootsChanged()
    {
        var message = Utf8Buffer.Rent();
        McpMessages.WriteNotification(message, McpMethod.RootsChangedNotification, []);
        _opened!.PostLater(message);
    }

    [LoggerMessage(168, LogLevel.Error, "A session with input requests could not be closed.")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
