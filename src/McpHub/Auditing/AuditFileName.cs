using System.Globalization;
using System.Text.RegularExpressions;

namespace McpHub.Auditing;

/// <summary>The names of the files of one chain: <c>audit-CHAIN-DATE-NUMBER.jsonl</c>, numbered through over all days.</summary>
internal readonly partial record struct AuditFileName(int Chain, string Day, int Number)
{
    public static string LockOf(int chain) => string.Create(CultureInfo.InvariantCulture, $"audit-{chain}.lock");

    /// <summary>The file that says how far the chain has come, so that a missing end shows.</summary>
    public static string HeadOf(int chain) => string.Create(CultureInfo.InvariantCulture, $"audit-{chain}.head");

    /// <summary>All files of a folder, in the order of their lines.</summary>
    public static IReadOnlyList<AuditFileName> In(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "audit-*.jsonl").Select(path => Parse(Path.GetFileName(path))).OfType<AuditFileName>()
            .OrderBy(name => name.Chain).ThenBy(name => name.Number),
    ];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"audit-{Chain}-{Day}-{Number:D6}.jsonl");

    private static AuditFileName? Parse(string name) => Form().Match(name) is { Success: true } match
        && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var chain)
        && int.TryParse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture, out var number)
        ? new AuditFileName(chain, match.Groups[2].Value, number)
        : null;

    [GeneratedRegex(@"^audit-([0-9]{1,4})-([0-9]{8})-([0-9]{6,9})\.jsonl\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
