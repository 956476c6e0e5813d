using System.Buffers.Text;

namespace McpHub.LoadTests.Http;

/// <summary>Bodies with <c>Transfer-Encoding: chunked</c>, without trailers.</summary>
internal static class ChunkedBody
{
    /// <summary>Finds where the body ends, behind its last chunk.</summary>
    public static bool TryFindEnd(ReadOnlySpan<byte> chunks, out int end)
    {
        end = 0;
        while (TryReadSize(chunks[end..], out var size, out var dataStart))
        {
            var chunkEnd = end + dataStart + size + 2;
            if (chunkEnd > chunks.Length)
                return false;
            end = chunkEnd;
            if (size == 0)
                return true;
        }

        return false;
    }

    /// <summary>Moves the data of all chunks together to the start.</summary>
    /// <returns>The length of the data.</returns>
    public static int Join(Span<byte> chunks)
    {
        var joined = 0;
        var next = 0;
        while (TryReadSize(chunks[next..], out var size, out var dataStart) && size > 0)
        {
            chunks.Slice(next + dataStart, size).CopyTo(chunks[joined..]);
            joined += size;
            next += dataStart + size + 2;
        }

        return joined;
    }

    private static bool TryReadSize(ReadOnlySpan<byte> chunk, out int size, out int dataStart)
    {
        size = 0;
        var lineEnd = chunk.IndexOf("\r\n"u8);
        dataStart = lineEnd + 2;
        if (lineEnd < 0)
            return false;
        if (!Utf8Parser.TryParse(chunk[..lineEnd], out size, out _, 'x') || size < 0)
            throw new InvalidDataException("The size of a chunk is not a number.");
        return true;
    }
}
