using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Streams;

/// <summary>Replays a stream from the event after the last one that the client saw.</summary>
internal sealed class EventStreamReader(EventStream stream, int firstIndex) : ISseEventStreamReader
{
    public string SessionId => stream.SessionId;

    public string StreamId => stream.StreamId;

    /// <remarks>
    /// A polled stream ends as soon as it has given a message, because its client means to come back. One without any message
    /// waits for the next: an answer with nothing in it would only cost another round.
    /// </remarks>
    public async IAsyncEnumerable<SseItem<JsonRpcMessage?>> ReadEventsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var index = firstIndex;
        while (true)
        {
            var (events, ended, polling, changed) = stream.Read(index);
            foreach (var item in events)
            {
                yield return item;
            }

            index += events.Length;
            if (ended || (polling && events.Any(item => item.Data is not null)))
            {
                yield break;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }
}
