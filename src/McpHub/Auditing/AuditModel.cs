using McpHub.Catalog;
using McpHub.Configuration;

namespace McpHub.Auditing;

/// <summary>What the live configuration says of the audit. Immutable.</summary>
internal sealed class AuditModel(AuditConfig config)
{
    // The patterns would take a third of the gateway's whole start, and are no use to it while the audit is off.
    private readonly Lazy<Redaction> _redaction = new(() => new Redaction(config.RedactNames, config.RedactPatterns));

    public AuditConfig Config { get; } = config;

    /// <summary>Made when it is first asked for.</summary>
    public Redaction Redaction => _redaction.Value;

    /// <summary>Whether the arguments of calls of this tool are recorded.</summary>
    public bool RecordsArgumentsOf(CatalogEntry tool) => Config.Arguments.Count > 0
        && (NamePattern.MatchesAny(Config.Arguments, tool.CommonName) || NamePattern.MatchesAny(Config.Arguments, $"{tool.Source.Name}/{tool.SourceName}"));
}
