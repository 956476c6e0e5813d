namespace McpHub.Auditing;

/// <summary>The lines of a file as bytes, without their line breaks.</summary>
internal sealed class AuditLines(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether the line that was read last had a line break.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads the next line, which stays valid until the one after it is read.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var looked = _start;
        while (true)
        {
            var at = _buffer.AsSpan(looked, _end - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = _buffer.AsSpan(_start, looked + at - _start);
                _start = looked + at + 1;
                IsWhole = true;
                return true;
            }

            looked = _end - _start;
            if (!Fill())
            {
                line = _buffer.AsSpan(_start, _end - _start);
                _start = _end;
                IsWhole = false;
                return line.Length > 0;
            }
        }
    }

    /// <summary>Moves what is left to the beginning, and reads more behind it.</summary>
    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
