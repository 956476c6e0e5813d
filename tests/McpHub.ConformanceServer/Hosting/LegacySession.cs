using System.Security.Cryptography;
using McpHub.ConformanceServer.Streams;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>One HTTP session of a legacy client, with its own memory of the events it was sent.</summary>
internal sealed class LegacySession : IAsyncDisposable
{
    private readonly FixtureSession _session;
    private int _unsolicitedStreamTaken;

    private LegacySession(string id, EventStore events, StreamableHttpServerTransport transport, FixtureSession session)
    {
        Id = id;
        Events = events;
        Transport = transport;
        _session = session;
    }

    public string Id { get; }

    public EventStore Events { get; }

    public StreamableHttpServerTransport Transport { get; }

    public static LegacySession Start(FixtureServer server)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var events = new EventStore();
        var transport = new StreamableHttpServerTransport { SessionId = id, EventStreamStore = events };
        return new LegacySession(id, events, transport, server.Start(transport));
    }

    /// <summary>Whether the caller may open the stream of unsolicited messages. The transport can do that once in its life.</summary>
    public bool TryTakeUnsolicitedStream() => Interlocked.Exchange(ref _unsolicitedStreamTaken, 1) == 0;

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await Transport.DisposeAsync();
    }
}
