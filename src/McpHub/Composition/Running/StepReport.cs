using McpHub.Composition.Definitions;
using McpHub.Protocol;

namespace McpHub.Composition.Running;

/// <summary>Writes what a result says of its steps, under <see cref="Key"/> in its <c>_meta</c>.</summary>
internal static class StepReport
{
    public static ReadOnlySpan<byte> Key => "io.mcphub/steps"u8;

    /// <summary>A member, whose value is an array of objects in the order of the definition.</summary>
    public static void Write(Utf8Buffer buffer, CompositionPlan plan, StepRecord[] records)
    {
        buffer.Write((byte)'"');
        buffer.Write(Key);
        buffer.Write("\":["u8);
        for (var i = 0; i < records.Length; i++)
        {
            if (i > 0)
            {
                buffer.Write((byte)',');
            }

            Write(buffer, plan.Steps[i].ReportStart, records[i]);
        }

        buffer.Write((byte)']');
    }

    /// <summary>The beginning of a step's object, which is the same in each run.</summary>
    public static byte[] StartOf(StepDefinition step)
    {
        using var buffer = Utf8Buffer.Rent();
        var copy = new ObjectCopy(buffer);
        copy.Begin("id"u8);
        JsonText.Write(buffer, step.Id);
        if (!step.IsQuestion)
        {
            copy.Member("tool"u8, step.ToolJson);
        }

        return buffer.Span[1..].ToArray();
    }

    private static void Write(Utf8Buffer buffer, byte[] start, StepRecord record)
    {
        var copy = new ObjectCopy(buffer);
        copy.Raw(start);
        copy.Member("outcome"u8, record.Outcome switch
        {
            StepOutcome.Succeeded => "\"succeeded\""u8,
            StepOutcome.Skipped => "\"skipped\""u8,
            StepOutcome.Failed => "\"failed\""u8,
            _ => "\"cancelled\""u8,
        });
        if (record.Outcome == StepOutcome.Skipped)
        {
            copy.Begin("reason"u8);
            JsonText.Write(buffer, record.Reason);
        }

        if (record.Attempts > 0)
        {
            copy.Begin("durationMs"u8);
            buffer.Write((long)record.Duration.TotalMilliseconds);
        }

        WriteCalls(ref copy, record);
        if (!record.ErrorJson.IsEmpty)
        {
            copy.Member("error"u8, record.ErrorJson.Span);
        }

        copy.End();
    }

    private static void WriteCalls(ref ObjectCopy copy, StepRecord record)
    {
        if (record.Items is { } items)
        {
            Number(ref copy, "items"u8, items);
            if (record.FailedItems > 0)
            {
                Number(ref copy, "failedItems"u8, record.FailedItems);
            }
        }

        if (record.Attempts > record.Calls)
        {
            Number(ref copy, "attempts"u8, record.Attempts);
        }

        if (record.FallbackTool is { } fallback)
        {
            copy.Begin("fallback"u8);
            JsonText.Write(copy.Buffer, fallback);
        }

        if (record.IsFromCache)
        {
            copy.Member("cached"u8, "true"u8);
        }
    }

    private static void Number(ref ObjectCopy copy, ReadOnlySpan<byte> name, int value)
    {
        copy.Begin(name);
        copy.Buffer.Write((long)value);
    }
}
