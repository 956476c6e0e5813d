using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Http;

/// <summary>
/// Fetches answers whose stream was closed or broke before they came (2025-03-26 to 2025-11-25 Streamable HTTP, "Resumability and
/// Redelivery"; since 2025-11-25 a server may close a stream on purpose).
/// </summary>
internal sealed partial class StreamableHttpConnection
{
    // What clients wait where the server doesn't say.
    private static readonly TimeSpan UsualRetry = TimeSpan.FromSeconds(1);

    // A server that says 0 must not be asked in a loop; one that says an hour would be waited for in vain.
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    // A server that can't be reached so often in a row has lost the call too.
    private const int MostFailures = 3;

    /// <summary>Asks for the rest of a call's stream until the answer is there. The call's own deadline ends it.</summary>
    /// <exception cref="UpstreamException">The server doesn't give the rest. The call may have run.</exception>
    private async ValueTask<UpstreamReply> ResumeAsync(UpstreamCall call, StreamPosition position, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            position.Resume();
            await Task.Delay(PauseOf(position), cancellationToken);
            LogResuming(Logger, Name, position.LastEventId);
            string? reason = null;
            Exception? inner = null;
            try
            {
                using var request = http.GetStream(http.Url);
                AddSession(request);
                request.Headers.TryAddWithoutValidation("Last-Event-ID", position.LastEventId);
                using var response = await http.SendExplainedAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode && HttpReading.MediaTypeOf(response).SequenceEqual("text/event-stream"))
                {
                    failures = 0;
                    if (await ReadStreamAsync(call, response, position, cancellationToken) is { } reply)
                    {
                        return reply;
                    }
                }
                else if (++failures == MostFailures || (int)response.StatusCode < 500)
                {
                    reason = $"does not give the rest of it (HTTP {(int)response.StatusCode})";
                }
            }
            catch (UpstreamException e) when (e.Kind is FailureKind.UpstreamUnavailable or FailureKind.UpstreamLost)
            {
                inner = e;
                reason = ++failures == MostFailures ? "cannot be reached for the rest of it" : null;
            }
            catch (ObjectDisposedException e)
            {
                inner = e;
                reason = "was disconnected before the rest of it was there";
            }

            if (reason is not null)
            {
                // Whatever the kind was: that one would say that the call has not run.
                throw new UpstreamException(FailureKind.UpstreamLost, $"The server closed the stream of its answer and {reason}.", inner);
            }
        }
    }

    private static TimeSpan PauseOf(StreamPosition position)
    {
        var pause = position.Retry ?? UsualRetry;
        return pause < ShortestRetry ? ShortestRetry : pause > LongestRetry ? LongestRetry : pause;
    }

    [LoggerMessage(134, LogLevel.Debug, "Server {Server} closed the stream of a call before its answer; the rest is asked for after event {EventId}.")]
    private static partial void LogResuming(ILogger logger, string server, string? eventId);
}
