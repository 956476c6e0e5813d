using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>Writes what <c>hub_batch</c> answers.</summary>
/// <remarks>
/// <para><c>{"results":[…],"errors":[…],"total":N}</c>: every item is in one of the two, in the order of the requests.</para>
/// <para>A result is <c>{"index","id","duration_ms","cached","same_as"?,"result"}</c>; an error
/// <c>{"index","id","duration_ms","cached","same_as"?,"status","code"?,"message","data"?,"result"?}</c>, with the result where the tool
/// itself has said that it failed.</para>
/// </remarks>
internal static class BatchOutput
{
    /// <returns>A buffer that is the caller's.</returns>
    public static Utf8Buffer Write(IReadOnlyList<BatchItem> items, IReadOnlyList<ItemOutcome> outcomes)
    {
        var buffer = Utf8Buffer.Rent(outcomes.Sum(o => o.Result.Length + 128));
        var output = new ObjectCopy(buffer);
        output.Begin("results"u8);
        WriteList(buffer, items, outcomes, areErrors: false);
        output.Begin("errors"u8);
        WriteList(buffer, items, outcomes, areErrors: true);
        output.Begin("total"u8);
        buffer.Write(items.Count);
        output.End();
        return buffer;
    }

    private static void WriteList(Utf8Buffer buffer, IReadOnlyList<BatchItem> items, IReadOnlyList<ItemOutcome> outcomes, bool areErrors)
    {
        buffer.Write((byte)'[');
        var isFirst = true;
        for (var i = 0; i < items.Count; i++)
        {
            if (outcomes[i].IsSuccess == areErrors)
            {
                continue;
            }

            if (!isFirst)
            {
                buffer.Write((byte)',');
            }

            isFirst = false;
            WriteItem(buffer, items[i], outcomes[i]);
        }

        buffer.Write((byte)']');
    }

    private static void WriteItem(Utf8Buffer buffer, BatchItem item, ItemOutcome outcome)
    {
        var copy = new ObjectCopy(buffer);
        copy.Begin("index"u8);
        buffer.Write(item.Index);
        WriteText(ref copy, "id"u8, item.Id);
        copy.Begin("duration_ms"u8);
        WriteMilliseconds(buffer, outcome.Duration);
        copy.Member("cached"u8, outcome.IsFromCache ? "true"u8 : "false"u8);
        if (outcome.SameAs is not null)
        {
            WriteText(ref copy, "same_as"u8, outcome.SameAs);
        }

        if (!outcome.IsSuccess)
        {
            WriteText(ref copy, "status"u8, outcome.Status.Text());
            if (outcome.Code != 0)
            {
                copy.Begin("code"u8);
                buffer.Write(outcome.Code);
            }

            WriteText(ref copy, "message"u8, outcome.Status == ItemStatus.ToolError ? "The tool has failed; its result says why." : outcome.Message);
            if (!outcome.Data.IsEmpty)
            {
                copy.Member("data"u8, outcome.Data.Span);
            }
        }

        if (!outcome.Result.IsEmpty)
        {
            copy.Member("result"u8, outcome.Result.Span);
        }

        copy.End();
    }

    private static void WriteText(ref ObjectCopy copy, ReadOnlySpan<byte> name, string? text)
    {
        copy.Begin(name);
        if (text is null)
        {
            copy.Buffer.Write("null"u8);
        }
        else
        {
            JsonText.Write(copy.Buffer, text);
        }
    }

    /// <summary>To a hundredth: finer than anybody needs, and readable.</summary>
    private static void WriteMilliseconds(Utf8Buffer buffer, TimeSpan duration)
    {
        var span = buffer.GetSpan(32);
        Math.Round(duration.TotalMilliseconds, 2).TryFormat(span, out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        buffer.Advance(written);
    }
}
