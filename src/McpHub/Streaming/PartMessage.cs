using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary>Parts of a result as <c>notifications/progress</c>, which every revision has.</summary>
/// <remarks>
/// Text is the notification's <c>message</c>; a structured part lies in its <c>_meta</c>, where all revisions allow what they don't
/// know. A stream keeps a part as an object with <c>text</c>, <c>data</c>, and what else the notification had.
/// </remarks>
internal static class PartMessage
{
    /// <summary>The key of a structured part in <c>_meta</c>.</summary>
    public static ReadOnlySpan<byte> PartKey => "io.mcphub/part"u8;

    /// <summary>Writes a whole notification.</summary>
    /// <param name="buffer">Where it is written.</param>
    /// <param name="token">The caller's progress token, as JSON.</param>
    /// <param name="revision">The caller's revision: 2024-11-05 has no <c>message</c>, so that text lies in <c>_meta</c> there.</param>
    /// <param name="number">The number of the part, from 1.</param>
    /// <param name="text">The text, as JSON; empty for none.</param>
    /// <param name="data">The structured part, as JSON; empty for none.</param>
    public static void Write(
        Utf8Buffer buffer, ReadOnlySpan<byte> token, Revision revision, long number, ReadOnlySpan<byte> text, ReadOnlySpan<byte> data)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":"u8);
        var parameters = new ObjectCopy(buffer);
        parameters.Member("progressToken"u8, token);
        parameters.Begin("progress"u8);
        buffer.Write(number);
        var hasMessage = revision > Revision.V20241105;
        if (hasMessage && !text.IsEmpty)
        {
            parameters.Member("message"u8, text);
        }

        var inMeta = !data.IsEmpty || hasMessage ? data : text;
        if (!inMeta.IsEmpty)
        {
            parameters.Begin("_meta"u8);
            var meta = new ObjectCopy(buffer);
            meta.Member(PartKey, inMeta);
            meta.End();
        }

        parameters.End();
        buffer.Write((byte)'}');
    }

    /// <summary>What a stream keeps of a notification.</summary>
    /// <param name="message">The whole message.</param>
    /// <returns><see langword="null"/> for what is no progress.</returns>
    public static byte[]? Read(ReadOnlySpan<byte> message)
    {
        if (EnvelopeReader.Read(message, out var envelope) is not null || envelope.Method != McpMethod.ProgressNotification)
        {
            return null;
        }

        using var buffer = Utf8Buffer.Rent(message.Length);
        var part = new ObjectCopy(buffer);
        var members = new JsonMembers(envelope.Params.Of(message));
        while (members.MoveNext())
        {
            if (members.NameIs("message"u8))
            {
                part.Member("text"u8, members.Value);
            }
            else if (members.NameIs("_meta"u8))
            {
                CopyMeta(ref part, members.Value);
            }
            else if (!members.NameIs("progressToken"u8))
            {
                part.Copy(members);
            }
        }

        part.End();
        return buffer.Span.ToArray();
    }

    private static void CopyMeta(ref ObjectCopy part, ReadOnlySpan<byte> meta)
    {
        if (!JsonMembers.TryGet(meta, PartKey, out var data))
        {
            part.Member("_meta"u8, meta);
            return;
        }

        part.Member("data"u8, data);
        using var rest = Utf8Buffer.Rent(meta.Length);
        var copy = new ObjectCopy(rest);
        var members = new JsonMembers(meta);
        while (members.MoveNext())
        {
            if (!members.NameIs(PartKey))
            {
                copy.Copy(members);
            }
        }

        copy.End();
        if (copy.HasMembers)
        {
            part.Member("_meta"u8, rest.Span);
        }
    }
}
