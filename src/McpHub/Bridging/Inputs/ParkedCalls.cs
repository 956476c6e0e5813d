using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using McpHub.Observability;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Bridging.Inputs;

/// <summary>
/// The calls whose servers wait for input that a modern client is to bring. Bounded in number and time; each is taken out once.
/// Thread-safe.
/// </summary>
internal sealed partial class ParkedCalls : IAsyncDisposable
{
    // Each holds a call at its server, and over stdio a whole process.
    private const int MostParked = 1000;
    private const int IdLength = 16;

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<UInt128, Parked> _parked = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _sweeper;
    private readonly Counter<long> _lapsed;
    private int _count;

    public ParkedCalls(McpMetrics metrics, TimeProvider time, ILogger<ParkedCalls> logger)
    {
        _time = time;
        _logger = logger;
        _sweeper = time.CreateTimer(static state => ((ParkedCalls)state!).Sweep(), this, SweepPeriod, SweepPeriod);
        metrics.ObserveGauge("mcphub.parked_calls", "{call}", "The calls that wait for a client to bring input.", () => [new(Count)]);
        _lapsed = metrics.Counter("mcphub.parked_calls.lapsed", "{call}", "The parked calls that nobody came back for.");
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Parks a call.</summary>
    /// <param name="conversation">The call, which is the store's until it is taken.</param>
    /// <param name="lifetime">How long the client may take.</param>
    /// <returns>The id to take it out by; empty if there are too many, and the call is still the caller's.</returns>
    public byte[] Park(Conversation conversation, TimeSpan lifetime)
    {
        if (Interlocked.Increment(ref _count) > MostParked)
        {
            Interlocked.Decrement(ref _count);
            return [];
        }

        var id = RandomNumberGenerator.GetBytes(IdLength);
        _parked[KeyOf(id)] = new Parked(conversation, _time.GetUtcNow() + lifetime);
        return id;
    }

    /// <summary>Takes a call out, which only the first one to ask for it can.</summary>
    public Conversation? Take(ReadOnlySpan<byte> id)
    {
        if (id.Length != IdLength || !_parked.TryRemove(KeyOf(id), out var parked))
        {
            return null;
        }

        Interlocked.Decrement(ref _count);
        return parked.Conversation;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweeper.DisposeAsync();
        await Task.WhenAll(_parked.Values.Select(EndAsync));
    }

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var (id, parked) in _parked)
        {
            if (parked.Until < now && _parked.TryRemove(id, out _))
            {
                Interlocked.Decrement(ref _count);
                _lapsed.Add(1);
                _ = EndAsync(parked);
            }
        }
    }

    private async Task EndAsync(Parked parked)
    {
        try
        {
            await parked.Conversation.AbandonAsync();
        }
        catch (Exception e)
        {
            LogBroken(_logger, e);
        }
        finally
        {
            parked.Conversation.Dispose();
        }
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> id) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(id);

    [LoggerMessage(202, LogLevel.Error, "A parked call ended in a way that it should not have.")]
    private static partial void LogBroken(ILogger logger, Exception exception);

    private sealed record Parked(Conversation Conversation, DateTimeOffset Until);
}
