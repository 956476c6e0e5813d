using System.Collections.Concurrent;
using System.Globalization;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Streams;

/// <summary>
/// Remembers what was sent on the streams of one session, so that a client can come back for the rest. An event id is the
/// number of its stream and its place there: <c>3-0</c>.
/// </summary>
internal sealed class EventStore : ISseEventStreamStore
{
    private readonly ConcurrentDictionary<int, EventStream> _streams = new();
    private int _lastNumber;

    public ValueTask<ISseEventStreamWriter> CreateStreamAsync(
        SseEventStreamOptions options, CancellationToken cancellationToken = default)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var stream = new EventStream(number, options);
        _streams[number] = stream;
        return ValueTask.FromResult<ISseEventStreamWriter>(stream);
    }

    public ValueTask<ISseEventStreamReader?> GetStreamReaderAsync(string lastEventId, CancellationToken cancellationToken = default)
    {
        var parts = lastEventId.Split('-');
        ISseEventStreamReader? reader =
            parts.Length == 2
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var number)
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var index)
            && _streams.TryGetValue(number, out var stream)
                ? new EventStreamReader(stream, index + 1)
                : null;
        return ValueTask.FromResult(reader);
    }
}
