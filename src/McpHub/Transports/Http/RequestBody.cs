using System.IO.Pipelines;
using McpHub.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpHub.Transports.Http;

/// <summary>Reads the bodies of POSTs, up to a size.</summary>
internal static class RequestBody
{
    // Kestrel's own default. A larger configured size has to be told to it; a smaller one is our own business.
    private const int ServerLimit = 30_000_000;

    /// <summary>Reads the whole body.</summary>
    /// <returns>The body, or <see langword="null"/> if it is larger than the limit.</returns>
    /// <exception cref="BadHttpRequestException">The client broke the body off.</exception>
    public static ValueTask<Utf8Buffer?> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            return new ValueTask<Utf8Buffer?>((Utf8Buffer?)null);
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
                var body = Utf8Buffer.CopyOf(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return new ValueTask<Utf8Buffer?>(body);
            }
        }
        catch (BadHttpRequestException e)
        {
            return ValueTask.FromException<Utf8Buffer?>(e);
        }

        if (!read.Buffer.IsEmpty || read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        }

        return ReadSlowlyAsync(reader, limit);
    }

    private static async ValueTask<Utf8Buffer?> ReadSlowlyAsync(PipeReader reader, int limit)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = Utf8Buffer.CopyOf(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
