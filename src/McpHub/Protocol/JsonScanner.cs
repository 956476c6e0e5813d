using System.Runtime.CompilerServices;
using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>
/// Walks one JSON text (RFC 8259, nothing beside it) in a single pass, without decoding it. What is UTF-8 has to be known before.
/// </summary>
/// <remarks>
/// The framework's reader keeps track of lines, of resuming and of options, which costs more than the reading itself. This one only
/// knows right from wrong: after the first mistake <see cref="IsBroken"/> is set and nothing more is found, so that a walk needs to ask
/// only once, at its end.
/// </remarks>
internal ref partial struct JsonScanner(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;
    private int _depth;
    private bool _isFirstMember;
    private bool _hasEscape;

    /// <summary>Whether the text is no JSON, or nested too deep.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Where the scanner stands: behind what was read last.</summary>
    public readonly int Position => _at;

    /// <summary>The name that <see cref="ReadName"/> found, as it is spelled, without its quotes.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether the name is this one, which has nothing but ASCII characters that need no escape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool NameIs(ReadOnlySpan<byte> text) => Name.SequenceEqual(text) || (_hasEscape && EscapedText.Is(Name, text));

    /// <summary>The kind of the value that comes next, told by its first character alone.</summary>
    public JsonTokenType Peek() => Next() switch
    {
        (byte)'{' => JsonTokenType.StartObject,
        (byte)'[' => JsonTokenType.StartArray,
        (byte)'"' => JsonTokenType.String,
        (byte)'t' => JsonTokenType.True,
        (byte)'f' => JsonTokenType.False,
        (byte)'n' => JsonTokenType.Null,
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => JsonTokenType.Number,
        _ => JsonTokenType.None,
    };

    /// <summary>Steps into the object that comes next; its members follow by <see cref="ReadName"/>.</summary>
    /// <returns>Where it begins.</returns>
    public int EnterObject()
    {
        if (Next() != '{' || ++_depth > EnvelopeReader.MaxDepth)
        {
            Break();
            return _at;
        }

        _isFirstMember = true;
        return _at++;
    }

    /// <summary>Reads the name of the next member; its value has to be read or entered before the next name.</summary>
    /// <returns>Whether there is one; without, the object is behind us.</returns>
    public bool ReadName()
    {
        var next = Next();
        if (next == '}')
        {
            _at++;
            _depth--;
            _isFirstMember = false;
            return false;
        }

        if (_isFirstMember)
        {
            _isFirstMember = false;
        }
        else if (next == ',')
        {
            _at++;
        }
        else
        {
            return Break();
        }

        if (Next() != '"')
        {
            return Break();
        }

        _hasEscape = false;
        var start = _at + 1;
        if (!SkipString())
        {
            return false;
        }

        Name = _json[start..(_at - 1)];
        return SkipColon();
    }

    /// <summary>Reads the value that comes next, however large.</summary>
    /// <returns>Its first token, or none if there is no value.</returns>
    public JsonTokenType ReadValue(out Slice value)
    {
        Next();
        var start = _at;
        var kind = SkipValue();
        value = new Slice(start, _at - start);
        return kind;
    }

    /// <inheritdoc cref="ReadValue"/>
    public JsonTokenType SkipValue()
    {
        var next = Next();
        return next is (byte)'{' or (byte)'[' ? SkipNested(next) : SkipScalar(next);
    }

    /// <summary>Makes sure that only white space follows.</summary>
    public void ReadEnd()
    {
        Next();
        if (_at < _json.Length)
        {
            Break();
        }
    }

    /// <summary>The next character that is no white space, or 0 at the end. It is not yet read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte Next()
    {
        var at = _at;
        return (uint)at < (uint)_json.Length && _json[at] > ' ' ? _json[at] : NextBehindSpace();
    }

    private byte NextBehindSpace()
    {
        for (var at = _at; (uint)at < (uint)_json.Length; at++)
        {
            if (_json[at] is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                _at = at;
                return _json[at];
            }
        }

        _at = _json.Length;
        return 0;
    }

    private bool Break()
    {
        IsBroken = true;
        _at = _json.Length;
        return false;
    }
}
