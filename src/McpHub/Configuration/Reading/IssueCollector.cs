namespace McpHub.Configuration.Reading;

/// <summary>Gathers every issue of one reading, so that none hides another.</summary>
internal sealed class IssueCollector(TextPositions? positions = null)
{
    private readonly List<(int Offset, ConfigurationIssue Issue)> _issues = [];

    public bool HasErrors => _issues.Exists(entry => entry.Issue.Severity is IssueSeverity.Error);

    public void Error(ConfigNode node, Problem problem, string? value = null) =>
        Add(IssueSeverity.Error, node.Path, node.Offset, problem, value);

    public void Warn(ConfigNode node, Problem problem, string? value = null) =>
        Add(IssueSeverity.Warning, node.Path, node.Offset, problem, value);

    public void Add(IssueSeverity severity, string path, int offset, Problem problem, string? value = null)
    {
        var place = positions?.At(offset);
        _issues.Add((offset, new ConfigurationIssue
        {
            Severity = severity,
            Path = path,
            Value = value,
            Problem = problem.What,
            Mend = problem.Mend,
            Line = place?.Line,
            Column = place?.Column,
        }));
    }

    /// <summary>All issues in the order of the file, which is the order in which they will be mended.</summary>
    public IReadOnlyList<ConfigurationIssue> ToList() => [.. _issues.OrderBy(entry => entry.Offset).Select(entry => entry.Issue)];
}
