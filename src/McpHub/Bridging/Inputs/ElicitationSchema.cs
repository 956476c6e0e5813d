using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>
/// The form of an elicitation for a client of 2025-06-18: choices with titles become <c>enum</c> with <c>enumNames</c>, and what that
/// revision cannot ask, a choice of several, is left out (rule T23).
/// </summary>
internal static class ElicitationSchema
{
    public static void WriteOlder(Utf8Buffer buffer, ReadOnlySpan<byte> schema)
    {
        JsonMembers.TryGet(schema, "properties"u8, out var properties);
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(schema);
        while (members.MoveNext())
        {
            if (members.NameIs("properties"u8))
            {
                copy.Begin("properties"u8);
                WriteProperties(buffer, members.Value);
            }
            else if (members.NameIs("required"u8))
            {
                copy.Begin("required"u8);
                WriteRequired(buffer, members.Value, properties);
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }

    private static void WriteProperties(Utf8Buffer buffer, ReadOnlySpan<byte> properties)
    {
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(properties);
        while (members.MoveNext())
        {
            if (IsArray(members.Value))
            {
                continue;
            }

            if (JsonMembers.TryGet(members.Value, "oneOf"u8, out var choices) && choices[0] == (byte)'[')
            {
                copy.RawMember(members.Name, []);
                WriteChoice(buffer, members.Value, choices);
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }

    private static void WriteChoice(Utf8Buffer buffer, ReadOnlySpan<byte> property, ReadOnlySpan<byte> choices)
    {
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(property);
        while (members.MoveNext())
        {
            if (!members.NameIs("oneOf"u8))
            {
                copy.Copy(members);
            }
        }

        copy.Begin("enum"u8);
        WriteEach(buffer, choices, "const"u8);
        copy.Begin("enumNames"u8);
        WriteEach(buffer, choices, "title"u8);
        copy.End();
    }

    private static void WriteEach(Utf8Buffer buffer, ReadOnlySpan<byte> choices, ReadOnlySpan<byte> name)
    {
        var separator = (byte)'[';
        var items = new JsonItems(choices);
        while (items.MoveNext())
        {
            buffer.Write(separator);
            separator = (byte)',';
            buffer.Write(JsonMembers.TryGet(items.Value, name, out var value) || JsonMembers.TryGet(items.Value, "const"u8, out value) ? value : "\"\""u8);
        }

        buffer.Write(separator == (byte)'[' ? "[]"u8 : "]"u8);
    }

    private static void WriteRequired(Utf8Buffer buffer, ReadOnlySpan<byte> required, ReadOnlySpan<byte> properties)
    {
        var separator = (byte)'[';
        var items = new JsonItems(required);
        while (items.MoveNext())
        {
            if (JsonText.Decode(items.Value) is { } name && IsLeftOut(properties, name))
            {
                continue;
            }

            buffer.Write(separator);
            separator = (byte)',';
            buffer.Write(items.Value);
        }

        buffer.Write(separator == (byte)'[' ? "[]"u8 : "]"u8);
    }

    private static bool IsLeftOut(ReadOnlySpan<byte> properties, string name)
    {
        var members = new JsonMembers(properties);
        while (members.MoveNext())
        {
            if (JsonText.Decode(members.Name) == name)
            {
                return IsArray(members.Value);
            }
        }

        return false;
    }

    private static bool IsArray(ReadOnlySpan<byte> property) =>
        JsonMembers.TryGet(property, "type"u8, out var type) && JsonText.Is(type, "array"u8);
}
