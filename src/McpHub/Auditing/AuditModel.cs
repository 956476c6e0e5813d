using McpHub.Catalog;
using McpHub.Configuration;

namespace McpHub.Auditing;

/// <summary>What the live configuration says of the audit. Immutable.</summary>
internal sealed class AuditModel(AuditConfig config)
{
    public AuditConfig Config { get; } = config;

    public Redaction Redaction { get; } = new(config.RedactNames, config.RedactPatterns);

    /// <summary>Whether the arguments of calls of this tool are recorded.</summary>
    public bool RecordsArgumentsOf(CatalogEntry tool) => Config.Arguments.Count > 0
        && (NamePattern.MatchesAny(Config.Arguments, tool.CommonName) || NamePattern.MatchesAny(Config.Arguments, $"{tool.Source.Name}/{tool.SourceName}"));
}
