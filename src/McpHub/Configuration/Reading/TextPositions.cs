using System.Text;

namespace McpHub.Configuration.Reading;

/// <summary>Turns offsets in UTF-8 text into lines and columns as an editor counts them.</summary>
internal sealed class TextPositions(ReadOnlyMemory<byte> utf8)
{
    public (int Line, int Column) At(int offset)
    {
        var before = utf8.Span[..Math.Clamp(offset, 0, utf8.Length)];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    /// <summary>The offset of a place that is given by line and byte in it, both from 0.</summary>
    public int OffsetOf(long line, long byteInLine)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            var end = utf8.Span[start..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            start += end + 1;
        }

        return (int)Math.Min(start + byteInLine, utf8.Length);
    }
}
