namespace McpHub.Protocol;

/// <summary>Writes one JSON object member by member, and keeps the commas.</summary>
internal ref struct ObjectCopy
{
    private readonly Utf8Buffer _buffer;
    private bool _hasMembers;

    public ObjectCopy(Utf8Buffer buffer)
    {
        _buffer = buffer;
        buffer.Write((byte)'{');
    }

    public readonly Utf8Buffer Buffer => _buffer;

    public readonly bool HasMembers => _hasMembers;

    /// <summary>Writes a member whose name has no characters that JSON escapes.</summary>
    public void Member(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Begin(name);
        _buffer.Write(value);
    }

    /// <summary>Writes a member whose name is JSON already, with its quotes.</summary>
    public void RawMember(ReadOnlySpan<byte> nameJson, ReadOnlySpan<byte> value)
    {
        Comma();
        _buffer.Write(nameJson);
        _buffer.Write((byte)':');
        _buffer.Write(value);
    }

    /// <summary>Writes a member's name; the caller writes the value into the buffer.</summary>
    public void Begin(ReadOnlySpan<byte> name)
    {
        Comma();
        _buffer.Write((byte)'"');
        _buffer.Write(name);
        _buffer.Write("\":"u8);
    }

    /// <summary>Writes members that are JSON already, with the commas between them.</summary>
    public void Raw(ReadOnlySpan<byte> members)
    {
        Comma();
        _buffer.Write(members);
    }

    /// <summary>Writes a member as it is.</summary>
    public void Copy(scoped in JsonMembers member) => RawMember(member.Name, member.Value);

    public readonly void End() => _buffer.Write((byte)'}');

    private void Comma()
    {
        if (_hasMembers)
        {
            _buffer.Write((byte)',');
        }

        _hasMembers = true;
    }
}
