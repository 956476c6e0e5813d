using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace McpHub.Auditing;

/// <summary>How far a chain has come: the number of its last line, and that line's hash.</summary>
internal readonly partial record struct AuditHead(long Number, string Hash)
{
    /// <summary>The head as its file has it; always as long, so that it is written over in place.</summary>
    public byte[] ToBytes() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":\"{Number:D19}\",\"hash\":\"{Hash}\"}}\n"));

    /// <summary>Reads a head; <see langword="null"/> if there is none, or none that can be understood.</summary>
    public static AuditHead? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), Encoding.ASCII);
        var match = Form().Match(reader.ReadToEnd());
        return match.Success ? new AuditHead(long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), match.Groups[2].Value) : null;
    }

    [GeneratedRegex("^\\{\"seq\":\"([0-9]{19})\",\"hash\":\"([0-9a-f]{64})\"\\}\n", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
