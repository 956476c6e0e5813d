using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>What a tool says of its own effects, with what the specification assumes where it says nothing (2026-07-28, "Tool annotations").</summary>
internal readonly record struct ToolAnnotations(bool IsReadOnly, bool IsDestructive, bool IsIdempotent, bool IsOpenWorld)
{
    /// <param name="definition">The tool's definition.</param>
    public static ToolAnnotations Read(ReadOnlyMemory<byte> definition)
    {
        var (isReadOnly, isDestructive, isIdempotent, isOpenWorld) = (false, true, false, true);
        JsonMembers.TryGet(definition.Span, "annotations"u8, out var annotations);
        var members = new JsonMembers(annotations);
        while (members.MoveNext())
        {
            if (members.Kind is not (JsonTokenType.True or JsonTokenType.False))
            {
                continue;
            }

            var value = members.Kind == JsonTokenType.True;
            if (members.NameIs("readOnlyHint"u8))
            {
                isReadOnly = value;
            }
            else if (members.NameIs("destructiveHint"u8))
            {
                isDestructive = value;
            }
            else if (members.NameIs("idempotentHint"u8))
            {
                isIdempotent = value;
            }
            else if (members.NameIs("openWorldHint"u8))
            {
                isOpenWorld = value;
            }
        }

        return new ToolAnnotations(isReadOnly, isDestructive && !isReadOnly, isIdempotent, isOpenWorld);
    }

    /// <summary>Whether all is as it is wanted.</summary>
    public bool Have(PolicyAnnotations wanted) =>
        (wanted.ReadOnlyHint ?? IsReadOnly) == IsReadOnly
        && (wanted.DestructiveHint ?? IsDestructive) == IsDestructive
        && (wanted.IdempotentHint ?? IsIdempotent) == IsIdempotent
        && (wanted.OpenWorldHint ?? IsOpenWorld) == IsOpenWorld;
}
