using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using McpHub.Protocol;

namespace McpHub.Upstreams.Http;

/// <summary>Reads answers of HTTP servers, up to a size.</summary>
internal static class HttpReading
{
    /// <summary>The media type of a body, without its parameters; empty if it has none.</summary>
    /// <remarks>The typed header parses and allocates for each answer, to say what is the same for nearly all.</remarks>
    public static ReadOnlySpan<char> MediaTypeOf(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values))
        {
            return [];
        }

        var type = values.ToString().AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim();
    }

    /// <summary>Reads a whole body.</summary>
    /// <exception cref="UpstreamException">It is too large, or the connection broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<Utf8Buffer> ReadBodyAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        var expected = response.Content.Headers.ContentLength;
        if (expected > limit)
        {
            throw StreamLimit.TooLarge(limit);
        }

        var buffer = Utf8Buffer.Rent((int)(expected ?? 0) + 1);
        try
        {
            var stream = response.Content.ReadAsStream(cancellationToken);
            while (buffer.Length != expected && await stream.ReadAsync(buffer.GetMemory(), cancellationToken) is > 0 and var read)
            {
                buffer.Advance(read);
                if (buffer.Length > limit)
                {
                    throw StreamLimit.TooLarge(limit);
                }
            }

            return buffer;
        }
        catch (Exception e)
        {
            buffer.Dispose();
            throw AsUpstream(e) ?? e;
        }
    }

    /// <summary>
    /// Reads an event stream: each event's type and data, in a rented buffer that is the caller's. An event larger than the limit
    /// ends the stream with an error.
    /// </summary>
    /// <param name="response">The answer whose body is the stream.</param>
    /// <param name="limit">The most bytes of one event.</param>
    /// <param name="position">Is kept up to date, for those who want to come back for the rest.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<(string Type, Utf8Buffer Data)> ReadEventsAsync(
        HttpResponseMessage response, int limit, StreamPosition? position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var limited = new StreamLimit(await response.Content.ReadAsStreamAsync(cancellationToken), limit);
        var parser = SseParser.Create(limited, static (_, data) => Utf8Buffer.CopyOf(data));
        await using var events = parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync())
                {
                    position?.Take(parser, null);
                    yield break;
                }
            }
            catch (Exception e) when (AsUpstream(e) is { } upstream)
            {
                throw upstream;
            }

            limited.Reset();
            var (type, data) = (events.Current.EventType, events.Current.Data);
            if (data.Length > limit)
            {
                data.Dispose();
                throw StreamLimit.TooLarge(limit);
            }

            position?.Take(parser, events.Current.EventId);

            // The standard's default; the parser has it for a type that is missing, but not for one that is empty.
            yield return (type.Length == 0 ? "message" : type, data);
        }
    }

    private static UpstreamException? AsUpstream(Exception e) => e switch
    {
        HttpRequestException or IOException => new UpstreamException(FailureKind.UpstreamLost, "The server broke its answer off.", e),
        _ => null,
    };
}
