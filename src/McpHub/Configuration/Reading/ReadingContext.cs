namespace McpHub.Configuration.Reading;

/// <summary>What every reader of a section needs: where to report, where the file lies, and what <c>${…}</c> stands for.</summary>
internal sealed record ReadingContext(IssueCollector Issues, VariableExpander Variables, IncludedFiles Files)
{
    /// <summary>
    /// Whether the section is of a disabled server: then an unset variable is only a warning, because lacking a token is
    /// what servers are disabled for.
    /// </summary>
    public bool IsDisabledServer { get; init; }
}
