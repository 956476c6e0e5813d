using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpHub.Transports.Http;

/// <summary>Reads the bodies of POSTs, up to a size.</summary>
internal static class RequestBody
{
    // Kestrel's own default. A larger configured size has to be told to it; a smaller one is our own business.
    private const int ServerLimit = 30_000_000;

    /// <summary>Reads the whole body, or nothing of one that is larger than the limit.</summary>
    /// <exception cref="BadHttpRequestException">The client broke the body off.</exception>
    public static ValueTask<ReceivedBody> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            return new ValueTask<ReceivedBody>(default(ReceivedBody));
        }

        if (limit > ServerLimit && request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server
            && server.MaxRequestBodySize < limit)
        {
            server.MaxRequestBodySize = limit;
        }

        // A small body has come with its headers, nearly always.
        var reader = request.BodyReader;
        ReadResult read;
        try
        {
            if (reader.TryRead(out read) && read.IsCompleted && read.Buffer.Length <= limit)
            {
                // On a shared connection what is held of one request counts against what all others may send.
                return new ValueTask<ReceivedBody>(
                    HttpExchange.IsMultiplexed(request) ? ReceivedBody.Copy(reader, read) : ReceivedBody.Hold(reader, read));
            }
        }
        catch (BadHttpRequestException e)
        {
            return ValueTask.FromException<ReceivedBody>(e);
        }

        if (!read.Buffer.IsEmpty || read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        }

        return ReadSlowlyAsync(reader, limit);
    }

    private static async ValueTask<ReceivedBody> ReadSlowlyAsync(PipeReader reader, int limit)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return default;
            }

            if (read.IsCompleted)
            {
                return ReceivedBody.Copy(reader, read);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
