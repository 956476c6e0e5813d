using System.Buffers.Binary;
using System.Text;

namespace McpHub.Caching;

/// <summary>
/// Bytes of a key while it is built: one array for each thread, which is used anew for each key. What is built is read, or copied,
/// before the thread builds another.
/// </summary>
internal sealed class KeyBuffer
{
    // A larger array was for one large key; it isn't kept for the small ones.
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static KeyBuffer? _ofThread;

    private byte[] _bytes = new byte[1024];

    public static KeyBuffer OfThread
    {
        get
        {
            var buffer = _ofThread ??= new KeyBuffer();
            buffer.Clear();
            return buffer;
        }
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > LargestKept)
        {
            _bytes = new byte[1024];
        }
    }

    public void Truncate(int length) => Length = length;

    public void Write(byte value)
    {
        Grow(1);
        _bytes[Length++] = value;
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        Grow(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    public void Write(int value)
    {
        Grow(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(int);
    }

    /// <summary>Writes the length first, so that what follows can't be taken for a part of it.</summary>
    public void WriteSized(ReadOnlySpan<byte> value)
    {
        Write(value.Length);
        Write(value);
    }

    /// <inheritdoc cref="WriteSized(ReadOnlySpan{byte})"/>
    public void WriteSized(string value)
    {
        var at = Length;
        Write(0);
        Grow(Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
        Length += length;
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), length);
    }

    /// <summary>Room to write into; <see cref="Advance"/> says how much was.</summary>
    public Span<byte> GetSpan(int size)
    {
        Grow(size);
        return _bytes.AsSpan(Length, size);
    }

    public void Advance(int count) => Length += count;

    /// <summary>What was written already, for putting it into another order.</summary>
    public Span<byte> Written(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>Sets the size that was left open at a place.</summary>
    public void Patch(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), value);

    private void Grow(int more)
    {
        if (_bytes.Length - Length < more)
        {
            Array.Resize(ref _bytes, Math.Max(checked(Length + more), _bytes.Length * 2));
        }
    }
}
