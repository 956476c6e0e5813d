using McpHub.Tests.Configuration;

namespace McpHub.Tests.Docs;

/// <summary>Code and configuration in the documentation is what is compiled, or what the gateway reads.</summary>
public sealed class SnippetTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public static TheoryData<string> PagesWithConfiguration { get; } =
        [
            "README.md", "docs/quickstart.md", "docs/features/upstreams.md", "docs/features/eras.md", "docs/features/catalog.md",
            "docs/features/native-tools.md", "docs/features/http-streams.md", "docs/features/permissions.md", "docs/features/streaming.md",
        ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NativeTools_QuoteTheCompiledSample()
    {
        var folder = Path.Combine(RepositoryFiles.Root, "docs", "samples", "library");
        var sources = Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText).ToArray();
        var blocks = MarkdownFile.Read("docs", "features", "native-tools.md").CodeBlocks.Where(b => b.Language == "csharp").ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(sources, source => source.Contains(block.Text, StringComparison.Ordinal)));
    }

    [Fact]
    public void Streaming_QuotesToolsThatTestsRun()
    {
        var source = RepositoryFiles.Read("tests", "McpHub.FunctionalTests", "Streaming", "PartTools.cs").ReplaceLineEndings("\n");
        var blocks = MarkdownFile.Read("docs", "features", "streaming.md").CodeBlocks.Where(b => b.Language == "csharp").ToArray();

        Assert.Equal(2, blocks.Length);
        Assert.All(blocks, block => Assert.Contains(block.Text, source, StringComparison.Ordinal));
    }

    [Fact]
    public void Compositions_QuoteTheTestedSample_AndReadWithoutIssues()
    {
        var blocks = MarkdownFile.Read("docs", "features", "composition.md").CodeBlocks.Where(b => b.Language == "json").ToArray();

        Assert.Equal(2, blocks.Length);
        Assert.Equal(RepositoryFiles.Read("docs", "samples", "compositions", "search-then-read.json").Trim(), blocks[0].Text.Trim());
        Assert.Empty(_folder.Read(blocks[1].Text).Issues);
    }

    [Theory]
    [MemberData(nameof(PagesWithConfiguration))]
    public void Configuration_ReadsWithoutIssues(string page)
    {
        var blocks = MarkdownFile.Read(page).CodeBlocks.Where(b => b.Language == "json").ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Empty(_folder.Read(block.Text).Issues));
    }
}
