using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>JSON schemas with small changes, copied as they came otherwise: members that occur twice, text that is no valid Unicode.</summary>
internal static class SchemaCopy
{
    /// <summary>Writes the schema of <c>{"result": …}</c>; references into the old root are moved with it.</summary>
    public static void Wrapped(Utf8Buffer buffer, ReadOnlySpan<byte> schema)
    {
        buffer.Write("{\"type\":\"object\",\"properties\":{\"result\":"u8);
        WriteRebased(buffer, schema);
        buffer.Write("},\"required\":[\"result\"]}"u8);
    }

    /// <summary>Writes an input schema without its <c>x-mcp-header</c> annotations.</summary>
    /// <param name="isPropertyMap">Whether the members are properties: one may be called like the annotation.</param>
    public static void WithoutHeaderAnnotations(Utf8Buffer buffer, ReadOnlySpan<byte> schema, bool isPropertyMap = false)
    {
        if (schema[0] == (byte)'[')
        {
            var separator = (byte)'[';
            var items = new JsonItems(schema);
            while (items.MoveNext())
            {
                buffer.Write(separator);
                separator = (byte)',';
                WithoutHeaderAnnotations(buffer, items.Value);
            }

            buffer.Write(separator == (byte)'[' ? "[]"u8 : "]"u8);
            return;
        }

        if (schema[0] != (byte)'{')
        {
            buffer.Write(schema);
            return;
        }

        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(schema);
        while (members.MoveNext())
        {
            if (isPropertyMap || !members.NameIs("x-mcp-header"u8))
            {
                copy.Begin(members.Name[1..^1]);
                WithoutHeaderAnnotations(buffer, members.Value, !isPropertyMap && members.NameIs("properties"u8));
            }
        }

        copy.End();
    }

    private static void WriteRebased(Utf8Buffer buffer, ReadOnlySpan<byte> json)
    {
        if (json[0] == (byte)'[')
        {
            var separator = (byte)'[';
            var items = new JsonItems(json);
            while (items.MoveNext())
            {
                buffer.Write(separator);
                separator = (byte)',';
                WriteRebased(buffer, items.Value);
            }

            buffer.Write(separator == (byte)'[' ? "[]"u8 : "]"u8);
            return;
        }

        if (json[0] != (byte)'{')
        {
            buffer.Write(json);
            return;
        }

        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            copy.Begin(members.Name[1..^1]);
            if ((members.NameIs("$ref"u8) || members.NameIs("$dynamicRef"u8)) && IsIntoRoot(members.Value))
            {
                buffer.Write("\"#/properties/result"u8);
                buffer.Write(members.Value[2..]);
            }
            else
            {
                WriteRebased(buffer, members.Value);
            }
        }

        copy.End();
    }

    private static bool IsIntoRoot(ReadOnlySpan<byte> reference) =>
        reference.SequenceEqual("\"#\""u8) || reference.StartsWith("\"#/"u8) || reference.StartsWith("\"#\\/"u8);
}
