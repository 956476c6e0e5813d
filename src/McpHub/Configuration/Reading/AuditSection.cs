using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.audit</c> section.</summary>
internal static class AuditSection
{
    private static readonly Dictionary<string, AuditMode> Modes = new(StringComparer.Ordinal)
    {
        ["relaxed"] = AuditMode.Relaxed,
        ["durable"] = AuditMode.Durable,
    };

    private static readonly Dictionary<string, AuditOverflow> Overflows = new(StringComparer.Ordinal)
    {
        ["wait"] = AuditOverflow.Wait,
        ["refuse"] = AuditOverflow.Refuse,
    };

    public static AuditConfig Read(SectionReader? section)
    {
        var defaults = new AuditConfig();
        if (section is null)
        {
            return defaults;
        }

        var path = section.Text("path", TextRules.NotEmpty);
        var audit = defaults with
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            Path = path is null ? null : section.Context.Files.Resolve(path),
            Mode = section.Choice("mode", Modes) ?? defaults.Mode,
            Queue = section.Integer("queue", 1, Limits.MaxAuditQueue) ?? defaults.Queue,
            WhenFull = section.Choice("whenFull", Overflows) ?? defaults.WhenFull,
            FileSize = section.Size("fileSize") ?? defaults.FileSize,
            Arguments = section.Texts("arguments", TextRules.NotEmpty) ?? defaults.Arguments,
            RedactNames = section.Texts("redactNames", RedactionRules.Name) ?? defaults.RedactNames,
            RedactPatterns = section.Texts("redactPatterns", RedactionRules.Pattern) ?? defaults.RedactPatterns,
        };
        if (!audit.Enabled && section.Node.Members.Count > 0 && section.Node["enabled"] is null)
        {
            section.Error(new Problem("says how to record, and not whether", "Add \"enabled\": true, or false."));
        }

        section.Finish();
        return audit;
    }
}
