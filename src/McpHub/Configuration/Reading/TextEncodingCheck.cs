using System.Text;
using System.Text.Unicode;

namespace McpHub.Configuration.Reading;

/// <summary>Takes a byte order mark away and refuses everything that is not UTF-8.</summary>
internal static class TextEncodingCheck
{
    private const string Mend = "Save the file as UTF-8.";

    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> content) =>
        content.Span.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;

    public static bool Passes(ReadOnlySpan<byte> utf8, IssueCollector issues)
    {
        if (utf8.StartsWith<byte>([0xFF, 0xFE]) || utf8.StartsWith<byte>([0xFE, 0xFF]))
        {
            issues.Add(IssueSeverity.Error, JsonPath.Root, 0, new Problem("the file is encoded in UTF-16", Mend));
            return false;
        }

        if (!Utf8.IsValid(utf8))
        {
            issues.Add(IssueSeverity.Error, JsonPath.Root, FirstInvalid(utf8), new Problem("the file is not valid UTF-8 here", Mend));
            return false;
        }

        return true;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(utf8[offset..], out _, out var length) is System.Buffers.OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }
}
