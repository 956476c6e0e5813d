using System.Text.Json;
using McpHub.Catalog;
using McpHub.Composition.Definitions;
using McpHub.Protocol;

namespace McpHub.Composition;

/// <summary>What a composition says of its effects: what its author says, and for the rest what follows from its steps' tools.</summary>
internal static class DerivedAnnotations
{
    private static readonly string[] Hints = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

    /// <param name="plan">The composition.</param>
    /// <param name="find">Gives a tool's definition; <see langword="null"/> for one that is not there, of which the worst is assumed.</param>
    public static ToolAnnotations Of(CompositionPlan plan, Func<string, ReadOnlyMemory<byte>?> find)
    {
        // Of two calls each of which may be repeated, both may not be: what the first has changed, the second finds when it comes again.
        var isOneCall = plan is { Calls.Length: 1, Steps: [{ Definition.ForEach: null }] };
        var all = new ToolAnnotations(IsReadOnly: true, IsDestructive: false, IsIdempotent: isOneCall, IsOpenWorld: false);
        foreach (var call in plan.Calls)
        {
            var tool = ToolAnnotations.Read(find(call.Tool!) ?? "{}"u8.ToArray());
            all = new ToolAnnotations(
                all.IsReadOnly && tool.IsReadOnly,
                all.IsDestructive || tool.IsDestructive,
                all.IsIdempotent && tool.IsIdempotent,
                all.IsOpenWorld || tool.IsOpenWorld);
        }

        return all with { IsIdempotent = all.IsIdempotent || all.IsReadOnly };
    }

    /// <summary>Writes all of them, those of the author first.</summary>
    public static void Write(Utf8JsonWriter writer, CompositionPlan plan, ToolAnnotations derived)
    {
        var given = JsonElement.Parse(plan.Definition.Annotations ?? "{}", JsonDefaults.Document);
        bool[] values = [derived.IsReadOnly, derived.IsDestructive, derived.IsIdempotent, derived.IsOpenWorld];
        writer.WriteStartObject();
        foreach (var member in given.EnumerateObject())
        {
            member.WriteTo(writer);
        }

        foreach (var (hint, value) in Hints.Zip(values).Where(h => !given.TryGetProperty(h.First, out _)))
        {
            writer.WriteBoolean(hint, value);
        }

        writer.WriteEndObject();
    }
}
