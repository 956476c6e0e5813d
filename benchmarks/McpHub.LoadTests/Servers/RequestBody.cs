using System.Buffers;
using System.IO.Pipelines;

namespace McpHub.LoadTests.Servers;

/// <summary>Reads the whole body of a request without copying it.</summary>
internal static class RequestBody
{
    /// <summary>The body, valid until <c>reader.AdvanceTo(body.End)</c>.</summary>
    public static async ValueTask<ReadOnlySequence<byte>> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted)
                return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
