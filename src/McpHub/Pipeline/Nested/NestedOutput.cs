using System.Text.Json;
using McpHub.Bridging;
using McpHub.Protocol;

namespace McpHub.Pipeline.Nested;

/// <summary>What a nesting tool gives. Owns its bytes until it is disposed.</summary>
internal sealed class NestedOutput : IDisposable
{
    private readonly Utf8Buffer? _structured;
    private readonly string? _text;

    private NestedOutput(Utf8Buffer? structured, string? text, bool isError)
    {
        _structured = structured;
        _text = text;
        IsError = isError;
    }

    /// <summary>Whether the tool ran and failed.</summary>
    public bool IsError { get; }

    /// <summary>The <c>content</c> array; empty for the text, or for the structured content as text, as servers do for older clients.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The members of <c>_meta</c>, without the braces around them; empty for none.</summary>
    public ReadOnlyMemory<byte> Meta { get; set; }

    /// <summary>A structured result.</summary>
    /// <param name="structured">The object; the output owns it.</param>
    /// <param name="isError">Whether the tool ran and failed.</param>
    public static NestedOutput Structured(Utf8Buffer structured, bool isError = false) => new(structured, null, isError);

    /// <summary>A structured result.</summary>
    /// <param name="write">Writes the object.</param>
    public static NestedOutput Structured(Action<Utf8JsonWriter> write)
    {
        var output = Structured(Utf8Buffer.Rent());
        using var writer = new Utf8JsonWriter(output._structured!, JsonDefaults.Writer);
        write(writer);
        return output;
    }

    /// <summary>A result that is text.</summary>
    public static NestedOutput Text(string text, bool isError = false) => new(null, text, isError);

    /// <summary>A result of content without structure; <see cref="Content"/> is to be set.</summary>
    public static NestedOutput Unstructured(bool isError = false) => new(null, null, isError);

    /// <summary>Writes the result for a client.</summary>
    public McpResult Write(McpContext context)
    {
        var structured = _structured is null ? default : _structured.Span;
        var isModern = context.Revision.IsModern();
        var buffer = Utf8Buffer.Rent((structured.Length * 2) + Content.Length + Meta.Length + 512);
        var result = new ObjectCopy(buffer);
        if (isModern)
        {
            result.Member("resultType"u8, "\"complete\""u8);
        }

        result.Begin("content"u8);
        if (context.SkipsText && _structured is not null && !IsError)
        {
            buffer.Write("[]"u8);
        }
        else
        {
            WriteContent(buffer, structured);
        }

        if (_structured is not null)
        {
            result.Member("structuredContent"u8, structured);
        }

        if (IsError)
        {
            result.Member("isError"u8, "true"u8);
        }

        if (isModern || !Meta.IsEmpty)
        {
            result.Begin("_meta"u8);
            WriteMeta(buffer, isModern ? context.View.ServerInfo : default);
        }

        result.End();

        // What is written is a result of the newest legacy revision, or what a modern one has beside it too; an older one lacks some.
        return isModern ? McpResult.Complete(buffer, buffer.Memory, IsError) : NativeResult.Complete(context, buffer, IsError);
    }

    public void Dispose() => _structured?.Dispose();

    private void WriteContent(Utf8Buffer buffer, ReadOnlySpan<byte> structured)
    {
        if (!Content.IsEmpty)
        {
            buffer.Write(Content.Span);
            return;
        }

        if (_text is null && _structured is null)
        {
            buffer.Write("[]"u8);
            return;
        }

        buffer.Write("[{\"type\":\"text\",\"text\":"u8);
        if (_text is not null)
        {
            JsonText.Write(buffer, _text);
        }
        else
        {
            JsonText.Write(buffer, structured);
        }

        buffer.Write("}]"u8);
    }

    private void WriteMeta(Utf8Buffer buffer, ReadOnlySpan<byte> serverInfo)
    {
        var meta = new ObjectCopy(buffer);
        if (!Meta.IsEmpty)
        {
            meta.Raw(Meta.Span);
        }

        if (!serverInfo.IsEmpty)
        {
            meta.Member(MetaKeys.ServerInfo, serverInfo);
        }

        meta.End();
    }
}
