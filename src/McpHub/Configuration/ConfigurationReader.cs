using McpHub.Configuration.Reading;

namespace McpHub.Configuration;

/// <summary>Reads <c>mcphub.json</c>, and what Claude Desktop, Claude Code and VS Code keep their MCP servers in.</summary>
public static class ConfigurationReader
{
    /// <summary>Reads and validates a file. Whatever the file holds, the answer is a result and never an exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">The variables for <c>${VAR}</c>; those of the process when absent.</param>
    public static ConfigurationResult Read(string path, IReadOnlyDictionary<string, string>? environment = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        if (SourceFile.TryRead(full, out var source, out var reason) is { } content)
        {
            return Parse(content, source, environment);
        }

        var issues = new IssueCollector();
        issues.Add(IssueSeverity.Error, JsonPath.Root, 0, new Problem($"the file {full} {reason}", "Give the path of a readable file."));
        return new ConfigurationResult { Path = full, Issues = issues.ToList(), Sources = [source] };
    }

    private static ConfigurationResult Parse(byte[] content, SourceFile source, IReadOnlyDictionary<string, string>? environment)
    {
        var utf8 = TextEncodingCheck.WithoutMark(content);
        var positions = new TextPositions(utf8);
        var issues = new IssueCollector(positions);
        var files = new IncludedFiles(Path.GetDirectoryName(source.Path)!, source);
        var resolver = new ReferenceResolver(
            files, environment is null ? Environment.GetEnvironmentVariable : name => environment.GetValueOrDefault(name));
        var context = new ReadingContext(issues, new VariableExpander(resolver), files);

        HubConfig? config = null;
        if (TextEncodingCheck.Passes(utf8.Span, issues)
            && new ConfigTreeParser(positions, issues).Parse(utf8.Span) is { } tree
            && SectionReader.Open(tree, context) is { } root)
        {
            config = HubSection.Read(root) with { Path = source.Path };
        }

        return new ConfigurationResult
        {
            Path = source.Path,
            Config = issues.HasErrors ? null : config,
            Issues = issues.ToList(),
            Sources = files.Sources,
        };
    }
}
