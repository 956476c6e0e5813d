using McpHub.Testing;

namespace McpHub.Tests.Auditing;

/// <summary>A disk that takes only so much more, or nothing for a while; what doesn't fit is written in part, as disks do. Thread-safe.</summary>
internal sealed class FullDisk
{
    private long _bytesLeft = long.MaxValue;

    public long BytesLeft
    {
        get => Volatile.Read(ref _bytesLeft);
        set => Volatile.Write(ref _bytesLeft, value);
    }

    /// <summary>Completes when it takes anything at all.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public Stream Open(string path) => new File(this, path);

    private sealed class File(FullDisk disk, string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            disk.Ready.Wait(Patience.Limit);
            var left = disk.BytesLeft;
            var fits = (int)Math.Min(buffer.Length, left);
            base.Write(buffer[..fits]);
            if (left != long.MaxValue)
            {
                // What a test has set meanwhile stays.
                Interlocked.CompareExchange(ref disk._bytesLeft, left - fits, left);
            }

            if (fits < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }
    }
}
