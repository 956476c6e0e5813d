using McpHub.Catalog;

namespace McpHub.Tests.Catalog;

public sealed class UriMapTests
{
    private static readonly UriMap Map = new("second", ["demo://listed", "demo://text/{id}"]);

    [Theory]
    [InlineData("demo://listed", "mcphub://second/demo://listed")]
    [InlineData("demo://text/{id}", "mcphub://second/demo://text/{id}")]
    [InlineData("demo://text/7", "mcphub://second/demo://text/7")]
    [InlineData("demo://text/7/more", "demo://text/7/more")]
    [InlineData("demo://own", "demo://own")]
    public void Show_PrefixesWhatIsShared_AndWhatASharedTemplateMakes(string uri, string shown) => Assert.Equal(shown, Map.Show(uri));

    [Fact]
    public void Identity_ShowsEverythingAsItIs() => Assert.Equal("demo://text/7", UriMap.Identity.Show("demo://text/7"));
}
