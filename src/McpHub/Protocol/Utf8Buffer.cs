using System.Buffers;
using System.Runtime.CompilerServices;

namespace McpHub.Protocol;

/// <summary>
/// Growing bytes from the array pool: rented, written, read, and given back by <see cref="Dispose"/>.
/// One owner at a time; not thread-safe.
/// </summary>
internal sealed class Utf8Buffer : IBufferWriter<byte>, IDisposable
{
    private const int SmallestArray = 512;

    // What nearly every message fits in. Such an array stays with its buffer: renting it anew each time costs more than it weighs.
    private const int LargestKept = 4096;

    // A request has no more than these at once. A pool for each thread needs no lock: a shared one cost more than it saved.
    private const int MostPooled = 8;

    [ThreadStatic]
    private static Stack<Utf8Buffer>? _pool;

    private byte[] _bytes = [];
    private int _length;
    private bool _rented;

    private Utf8Buffer()
    {
    }

    public int Length => _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    public static Utf8Buffer Rent(int capacity = SmallestArray)
    {
        if (_pool is null || !_pool.TryPop(out var buffer))
        {
            buffer = new Utf8Buffer();
        }

        buffer._rented = true;
        buffer._length = 0;
        if (buffer._bytes.Length < capacity || buffer._bytes.Length == 0)
        {
            ReturnArray(buffer._bytes);
            buffer._bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, SmallestArray));
        }

        return buffer;
    }

    public static Utf8Buffer CopyOf(ReadOnlySpan<byte> bytes)
    {
        var buffer = Rent(bytes.Length);
        buffer.Write(bytes);
        return buffer;
    }

    public static Utf8Buffer CopyOf(in ReadOnlySequence<byte> bytes)
    {
        var length = checked((int)bytes.Length);
        var buffer = Rent(length);
        bytes.CopyTo(buffer._bytes);
        buffer._length = length;
        return buffer;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Write(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    public void Write(long value)
    {
        Reserve(20);
        value.TryFormat(_bytes.AsSpan(_length), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Clear() => _length = 0;

    /// <summary>Takes back what was written beyond a length.</summary>
    public void Truncate(int length) => _length = length;

    /// <summary>
    /// Makes the JSON one line, as stdio and event streams need it. In JSON a line break stands only between tokens, where a space
    /// does as well.
    /// </summary>
    /// <param name="start">Where the JSON begins.</param>
    public void ToOneLine(int start = 0)
    {
        var rest = _bytes.AsSpan(start, _length - start);
        for (var at = rest.IndexOfAny((byte)'\n', (byte)'\r'); at >= 0; at = rest.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            rest[at] = (byte)' ';
            rest = rest[(at + 1)..];
        }
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    public void Dispose()
    {
        if (!_rented)
        {
            return;
        }

        _rented = false;
        _length = 0;
        var pool = _pool ??= new Stack<Utf8Buffer>(MostPooled);
        var isPooled = pool.Count < MostPooled;
        if (!isPooled || _bytes.Length > LargestKept)
        {
            ReturnArray(_bytes);
            _bytes = [];
        }

        if (isPooled)
        {
            pool.Push(this);
        }
    }

    private static void ReturnArray(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int more)
    {
        if (!_rented || _bytes.Length - _length < more)
        {
            Grow(more);
        }
    }

    private void Grow(int more)
    {
        ObjectDisposedException.ThrowIf(!_rented, this);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + more), (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
