using System.Text.RegularExpressions;
using McpHub.Tests.Configuration;

namespace McpHub.Tests.Docs;

/// <summary>One Markdown file of the repository: its prose, its code blocks, and the anchors that its headings have.</summary>
internal sealed partial class MarkdownFile
{
    private static readonly string[] NotOurs = ["node_modules", "artifacts", "bin", "obj"];

    private MarkdownFile(string path)
    {
        FullPath = path;
        var prose = new List<string>();
        CodeBlock? block = null;
        foreach (var line in File.ReadAllLines(path))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                if (block is null)
                {
                    block = new CodeBlock(line.Trim().Trim('`'), []);
                }
                else
                {
                    CodeBlocks.Add(block);
                    block = null;
                }
            }
            else if (block is not null)
            {
                block.Lines.Add(line);
            }
            else
            {
                prose.Add(line);
            }
        }

        Prose = string.Join('\n', prose);
        Anchors = AnchorsOf(prose).ToHashSet();
    }

    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(RepositoryFiles.Root, "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RepositoryFiles.Root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(NotOurs.Contains));

    public string FullPath { get; }

    /// <summary>The lines outside code blocks.</summary>
    public string Prose { get; }

    public List<CodeBlock> CodeBlocks { get; } = [];

    public IReadOnlySet<string> Anchors { get; }

    /// <summary>The targets of inline links, without what stands in code spans.</summary>
    public IEnumerable<string> Links => Link().Matches(CodeSpan().Replace(Prose, "")).Select(m => m.Groups[1].Value);

    public static MarkdownFile Read(params string[] path) => new(Path.Combine([RepositoryFiles.Root, .. path]));

    /// <summary>Names headings as the hosts of repositories do: lower case, punctuation left out, spaces as hyphens.</summary>
    private static IEnumerable<string> AnchorsOf(IEnumerable<string> prose)
    {
        var seen = new Dictionary<string, int>();
        foreach (var line in prose)
        {
            if (Heading().Match(line) is not { Success: true } heading)
            {
                continue;
            }

            var text = Link().Replace(heading.Groups[1].Value.Trim(), m => m.Value[1..m.Value.IndexOf(']', StringComparison.Ordinal)]);
            var slug = NotInSlug().Replace(text.ToLowerInvariant(), "").Replace(' ', '-');
            var count = seen[slug] = seen.GetValueOrDefault(slug) + 1;
            yield return count == 1 ? slug : $"{slug}-{count - 1}";
        }
    }

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^#{1,6}\s+(.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}_\- ]")]
    private static partial Regex NotInSlug();

    /// <summary>A fenced block.</summary>
    /// <param name="Language">What stands behind the fence.</param>
    /// <param name="Lines">What stands within.</param>
    internal sealed record CodeBlock(string Language, List<string> Lines)
    {
        public string Text => string.Join('\n', Lines);
    }
}
