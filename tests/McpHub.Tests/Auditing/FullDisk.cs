namespace McpHub.Tests.Auditing;

/// <summary>A disk that takes only so much more; what doesn't fit is written in part, as disks do.</summary>
internal sealed class FullDisk
{
    private long _bytesLeft = long.MaxValue;

    public long BytesLeft
    {
        get => Volatile.Read(ref _bytesLeft);
        set => Volatile.Write(ref _bytesLeft, value);
    }

    public Stream Open(string path) => new File(this, path);

    private sealed class File(FullDisk disk, string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(buffer.Length, disk.BytesLeft);
            base.Write(buffer[..fits]);
            if (disk.BytesLeft != long.MaxValue)
            {
                disk.BytesLeft -= fits;
            }

            if (fits < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }
    }
}
