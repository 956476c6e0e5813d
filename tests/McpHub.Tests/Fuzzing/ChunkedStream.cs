namespace McpHub.Tests.Fuzzing;

/// <summary>A stream that gives its bytes in pieces of random length, as a network would, some at once and some later.</summary>
internal sealed class ChunkedStream(byte[] bytes, int longest, Random random) : MemoryStream(bytes, writable: false)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, random.Next(1, longest + 1))]);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (random.Next(8) == 0)
        {
            await Task.Yield();
        }

        return Read(buffer.Span);
    }
}
