using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>What a tool says of its own effects.</summary>
internal static class ToolHints
{
    /// <summary>Whether a call may be made a second time when nobody knows if the first one ran.</summary>
    public static bool IsRepeatable(ReadOnlyMemory<byte> definition) => HasHint(definition, "readOnlyHint"u8) || HasHint(definition, "idempotentHint"u8);

    /// <summary>Whether a call changes nothing.</summary>
    public static bool IsReadOnly(ReadOnlyMemory<byte> definition) => HasHint(definition, "readOnlyHint"u8);

    private static bool HasHint(ReadOnlyMemory<byte> definition, ReadOnlySpan<byte> hint)
    {
        if (!JsonMembers.TryGet(definition.Span, "annotations"u8, out var annotations))
        {
            return false;
        }

        var members = new JsonMembers(annotations);
        while (members.MoveNext())
        {
            if (members.Kind == JsonTokenType.True && members.NameIs(hint))
            {
                return true;
            }
        }

        return false;
    }
}
