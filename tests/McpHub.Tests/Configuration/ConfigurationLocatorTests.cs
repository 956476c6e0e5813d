using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

public sealed class ConfigurationLocatorTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_GivesNull_WhenThereIsNoFile()
    {
        Assert.Null(ConfigurationLocator.Find(_folder.Root));
        Assert.Null(ConfigurationLocator.Find(Path.Combine(_folder.Root, "absent")));
    }

    [Fact]
    public void Find_TakesTheEarlierName_WhenThereAreSeveral()
    {
        foreach (var name in ConfigurationLocator.FileNames.Reverse())
        {
            var path = _folder.Write(name, "{}");
            Assert.Equal(path, ConfigurationLocator.Find(_folder.Root));
        }

        Assert.Equal(
            ["mcphub.json", ".mcp.json", "mcp.json", ".vscode/mcp.json", "claude_desktop_config.json"], ConfigurationLocator.FileNames);
    }
}
