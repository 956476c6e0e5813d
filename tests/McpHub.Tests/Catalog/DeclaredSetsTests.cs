using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Tests.Catalog;

public sealed class DeclaredSetsTests
{
    [Fact]
    public void Sets_AreTakenOnce_AndAreBounded()
    {
        var sets = new DeclaredSets();
        var added = 0;
        sets.Added += () => added++;

        Assert.True(sets.Add(ClientFeatures.None));
        for (var i = 1; i <= DeclaredSets.Most; i++)
        {
            Assert.True(sets.Add((ClientFeatures)i));
            Assert.True(sets.Add((ClientFeatures)i));
        }

        Assert.False(sets.Add(ClientFeatures.All));
        Assert.True(sets.Add((ClientFeatures)1));
        Assert.Equal(DeclaredSets.Most, added);
        Assert.Equal(DeclaredSets.Most, sets.Current.Count);
    }

    [Fact]
    public void Capabilities_AreReadAsTheyAreWritten()
    {
        for (var features = ClientFeatures.None; features <= ClientFeatures.All; features++)
        {
            // A detail without what it belongs to can't be said.
            var isSayable = (!features.HasFlag(ClientFeatures.HtmlApps) || features.HasFlag(ClientFeatures.Apps))
                && (features.HasFlag(ClientFeatures.Sampling) || (features & (ClientFeatures.SamplingTools | ClientFeatures.SamplingContext)) == ClientFeatures.None);
            using var buffer = Utf8Buffer.Rent();
            ClientCapabilities.Write(buffer, features);
            Assert.True(!isSayable || ClientCapabilities.Read(buffer.Span) == features, features.ToString());
        }
    }

    [Theory]
    [InlineData("""{"extensions":{"io.modelcontextprotocol/ui":{}}}""", (int)(ClientFeatures.Apps))]
    [InlineData("""{"extensions":{"io.modelcontextprotocol/ui":{"mimeTypes":["image/png"]}}}""", (int)(ClientFeatures.Apps))]
    [InlineData("""{"extensions":{"io.modelcontextprotocol/ui":{"mimeTypes":["a/b","text\/html;profile=mcp-app"]}}}""", (int)(ClientFeatures.Apps | ClientFeatures.HtmlApps))]
    [InlineData("""{"extensions":{"io.modelcontextprotocol/ui":true,"x/y":{}}}""", (int)(ClientFeatures.None))]
    [InlineData("""{"extensions":[],"sampling":{}}""", (int)(ClientFeatures.Sampling))]
    [InlineData("null", (int)(ClientFeatures.None))]
    public void Extensions_AreRead_WhereTheyAreMeant(string capabilities, int expected) =>
        Assert.Equal((ClientFeatures)expected, ClientCapabilities.Read(System.Text.Encoding.UTF8.GetBytes(capabilities)));
}
