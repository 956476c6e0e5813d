using McpHub.Composition.Definitions;
using McpHub.Composition.Running;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Composition;

/// <summary>Makes a tool's result of what a run has come to.</summary>
internal static class CompositionOutput
{
    /// <remarks>A text is text. Structured content has to be an object before 2026-07-28, so that anything else is wrapped in one.</remarks>
    public static NestedOutput Write(CompositionPlan plan, StepRecord[] records, in CompositionResult result)
    {
        var output = result.Error is { } error ? NestedOutput.Text(error, isError: true)
            : IsText(result) && JsonText.Decode(result.Output.Span) is { } text ? NestedOutput.Text(text)
            : NestedOutput.Structured(ObjectOf(result.Output.Span));
        output.Meta = MetaOf(plan, records);
        return output;
    }

    /// <summary>Whether the output is told as text, and not as structured content.</summary>
    public static bool IsText(in CompositionResult result) => result.Output.Span is [(byte)'"', ..];

    /// <summary>The structured content that an output is told as.</summary>
    public static Utf8Buffer ObjectOf(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] == '{')
        {
            return Utf8Buffer.CopyOf(json.IsEmpty ? "{}"u8 : json);
        }

        var buffer = Utf8Buffer.Rent(json.Length + 16);
        var copy = new ObjectCopy(buffer);
        copy.Member("result"u8, json);
        copy.End();
        return buffer;
    }

    private static byte[] MetaOf(CompositionPlan plan, StepRecord[] records)
    {
        using var buffer = Utf8Buffer.Rent();
        StepReport.Write(buffer, plan, records);
        return buffer.Span.ToArray();
    }
}
