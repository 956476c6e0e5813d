using McpHub.Tests.Configuration;

namespace McpHub.Tests.Docs;

public sealed class LinkTests
{
    public static TheoryData<string> Files { get; } = [.. MarkdownFile.All.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Document_LinksToFilesAndHeadingsThatExist(string path)
    {
        var file = MarkdownFile.Read(path);

        Assert.DoesNotContain(file.Links, link => !IsElsewhere(link) && !Resolves(file, link));
    }

    [Fact]
    public void Documents_AreFound() => Assert.Contains("README.md", MarkdownFile.All);

    [Theory]
    [InlineData("README.md", true)]
    [InlineData("docs/configuration.md#the-gateway", true)]
    [InlineData("docs", true)]
    [InlineData("docs/configuration.md#no-such-heading", false)]
    [InlineData("docs/no-such-file.md", false)]
    [InlineData("#no-such-heading", false)]
    public void Link_ResolvesOnlyToWhatExists(string link, bool resolves) => Assert.Equal(resolves, Resolves(MarkdownFile.Read("README.md"), link));

    private static bool IsElsewhere(string link) => Uri.TryCreate(link, UriKind.Absolute, out _) && !link.StartsWith('/');

    private static bool Resolves(MarkdownFile from, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0
            ? from.FullPath
            : Path.GetFullPath(Uri.UnescapeDataString(parts[0]), Path.GetDirectoryName(from.FullPath)!);
        return parts.Length == 1
            ? File.Exists(target) || Directory.Exists(target)
            : File.Exists(target) && MarkdownFile.Read(Path.GetRelativePath(RepositoryFiles.Root, target)).Anchors.Contains(parts[1]);
    }
}
