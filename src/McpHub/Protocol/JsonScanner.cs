using System.Runtime.CompilerServices;
using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>
/// Walks one JSON text (RFC 8259, nothing beside it) in a single pass, without decoding it. That it is UTF-8 has to be known before.
/// </summary>
/// <remarks>
/// The framework's reader counts lines, can resume and has options, which costs more than the reading itself. This one only knows right
/// from wrong: after the first mistake <see cref="IsBroken"/> is set and nothing more is found, so that a walk has to ask only once, at
/// its end.
/// </remarks>
internal ref partial struct JsonScanner(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;
    private int _depth;
    private bool _isFirst;
    private bool _hasEscape;
    private int _nameAt;
    private int _block = -1;
    private ulong _blockMarks;

    /// <summary>Whether the text is no JSON, or nested too deep.</summary>
    public readonly bool IsBroken => _at == Nowhere;

    /// <summary>Where the scanner stands: behind what was read last.</summary>
    public readonly int Position => _at;

    /// <summary>The name that <see cref="ReadName"/> found, as it is spelled, without its quotes.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary><see cref="Name"/> with its quotes.</summary>
    public readonly ReadOnlySpan<byte> NameJson => _json.Slice(_nameAt, Name.Length + 2);

    /// <summary>Whether <see cref="Name"/> has escapes; to be asked before its value is read.</summary>
    public readonly bool NameHasEscape => _hasEscape;

    /// <summary>Whether the name is this one, which has nothing but ASCII characters that need no escape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool NameIs(ReadOnlySpan<byte> text) => Name.SequenceEqual(text) || (_hasEscape && EscapedText.Is(Name, text));

    /// <summary>The first character of what comes next, which tells what it is; 0 at the end.</summary>
    public readonly byte Peek() => At(ToNext(_at));

    /// <summary>Steps into the object that comes next; its members follow by <see cref="ReadName"/>.</summary>
    /// <returns>Where it begins.</returns>
    public int EnterObject() => Enter((byte)'{');

    /// <summary>Reads the name of the next member; its value has to be read or entered before the next name.</summary>
    /// <returns>Whether there is one; without, the object is behind us.</returns>
    public bool ReadName()
    {
        if (!ReadNext((byte)'}'))
        {
            return false;
        }

        var at = _at;
        if (At(at) != '"')
        {
            _at = Nowhere;
            return false;
        }

        _hasEscape = false;
        var end = SkipString(at);
        _at = SkipColon(end);
        if (_at == Nowhere)
        {
            return false;
        }

        _nameAt = at;
        Name = _json[(at + 1)..(end - 1)];
        return true;
    }

    /// <summary>Steps into the array that comes next; its items follow by <see cref="ReadItem"/>.</summary>
    public void EnterArray() => Enter((byte)'[');

    /// <summary>Goes to the next item, which has to be read or entered before the one after it.</summary>
    /// <returns>Whether there is one; without, the array is behind us.</returns>
    public bool ReadItem() => ReadNext((byte)']');

    /// <summary>Reads the value that comes next, however large.</summary>
    /// <returns>Where it lies; nowhere if there is no value.</returns>
    public Slice ReadValue()
    {
        var start = ToNext(_at);
        _at = SkipValue(At(start), start);
        return _at == Nowhere ? default : new Slice(start, _at - start);
    }

    /// <summary>For a walk over what was read before: that it breaks is no end of it.</summary>
    /// <exception cref="JsonException">The text is no JSON, or nested too deep.</exception>
    public readonly void ThrowIfBroken()
    {
        if (IsBroken)
        {
            throw new JsonException($"It is no JSON, or nested more than {EnvelopeReader.MaxDepth} deep.");
        }
    }

    /// <summary>Makes sure that only white space follows.</summary>
    public void ReadEnd()
    {
        if (_at != Nowhere && ToNext(_at) != _json.Length)
        {
            _at = Nowhere;
        }
    }

    private int Enter(byte opener)
    {
        var start = ToNext(_at);
        _at = At(start) == opener && ++_depth <= EnvelopeReader.MaxDepth ? start + 1 : Nowhere;
        _isFirst = true;
        return start;
    }

    /// <summary>Goes to where the next member or item has to begin.</summary>
    /// <param name="closer">What ends the object or array.</param>
    /// <returns>Whether there can be one: it is neither over nor broken.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ReadNext(byte closer)
    {
        var at = ToNext(_at);
        var isOver = At(at) == closer;
        if (isOver)
        {
            _at = at + 1;
            _depth--;
        }
        else
        {
            _at = _isFirst ? at : At(at) == ',' ? ToNext(at + 1) : Nowhere;
        }

        _isFirst = false;
        return !isOver && _at != Nowhere;
    }
}
