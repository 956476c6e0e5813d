using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>What a tool says of its own effects.</summary>
internal static class ToolHints
{
    /// <summary>Whether a call may be made a second time when nobody knows if the first one ran.</summary>
    public static bool IsRepeatable(ReadOnlyMemory<byte> definition)
    {
        if (!JsonMembers.TryGet(definition.Span, "annotations"u8, out var annotations))
        {
            return false;
        }

        var members = new JsonMembers(annotations);
        while (members.MoveNext())
        {
            if (members.Kind == JsonTokenType.True && (members.NameIs("readOnlyHint"u8) || members.NameIs("idempotentHint"u8)))
            {
                return true;
            }
        }

        return false;
    }
}
