using System.Globalization;
using System.Text;

namespace McpHub.Auditing;

/// <summary>The end of one file: where it is, and the last line's number and hash.</summary>
/// <param name="Length">The length of all whole lines, in bytes.</param>
/// <param name="Torn">What stands after the last whole line: a write that was cut off.</param>
/// <param name="Number">The last line's number; 0 if there is none.</param>
/// <param name="Hash">The last line's hash.</param>
internal sealed record AuditPosition(long Length, byte[] Torn, long Number, byte[] Hash)
{
    // Longer than any line: names, targets and arguments are bounded.
    private const int TailLength = 256 * 1024;

    /// <summary>Reads the end of a file.</summary>
    /// <exception cref="InvalidDataException">Its last line is none of the audit's.</exception>
    public static AuditPosition Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var start = Math.Max(0, file.Length - TailLength);
        file.Position = start;
        var tail = new byte[file.Length - start];
        file.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf((byte)'\n');
        if (end < 0)
        {
            return start == 0
                ? new AuditPosition(0, tail, 0, AuditHash.Origin)
                : throw new InvalidDataException("It has no line break at its end.");
        }

        var begin = tail.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
        var hash = new byte[AuditHash.Length];
        if (!AuditHash.TrySplit(tail.AsSpan(begin, end - begin), out var content, hash) || !TryReadNumber(content, out var number))
        {
            throw new InvalidDataException("Its last line is no line of the audit.");
        }

        return new AuditPosition(start + end + 1, tail[(end + 1)..], number, hash);
    }

    /// <summary>Reads the number that a line's content ends with.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> content, out long number)
    {
        number = 0;
        var at = content.LastIndexOf(",\"seq\":"u8);
        return at >= 0
            && long.TryParse(Encoding.ASCII.GetString(content[(at + 7)..]), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
