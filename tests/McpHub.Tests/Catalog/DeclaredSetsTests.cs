using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Catalog;

public sealed class DeclaredSetsTests
{
    private static readonly TimeSpan InUse = DeclaredSets.UseLimit;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Sets_AreTakenOnce_AndAreBounded_WhileAllAreInUse()
    {
        var sets = new DeclaredSets(_time);
        var changes = 0;
        sets.Changed += () => changes++;

        Assert.True(sets.Use(ClientFeatures.None));
        for (var i = 1; i <= DeclaredSets.Most; i++)
        {
            Assert.True(sets.Use((ClientFeatures)i));
            Assert.True(sets.Use((ClientFeatures)i));
        }

        Assert.False(sets.Use(ClientFeatures.All));
        Assert.True(sets.Use((ClientFeatures)1));
        Assert.Equal(DeclaredSets.Most, changes);
        Assert.Equal(DeclaredSets.Most, sets.Current.Count);
    }

    [Fact]
    public void Set_ThatWasUsedLeastRecently_MakesRoom()
    {
        var sets = new DeclaredSets(_time);
        for (var i = 1; i <= DeclaredSets.Most; i++)
        {
            sets.Use((ClientFeatures)i);
            _time.Advance(Moment);
        }

        sets.Use((ClientFeatures)1);
        _time.Advance(InUse - Moment);
        Assert.True(sets.Use(ClientFeatures.All));

        Assert.DoesNotContain((ClientFeatures)2, sets.Current);
        Assert.Contains((ClientFeatures)1, sets.Current);
        Assert.Equal(ClientFeatures.All, sets.Current[^1]);
        Assert.Equal(DeclaredSets.Most, sets.Current.Count);
        Assert.Equal(TimeSpan.MaxValue, sets.AgeOf((ClientFeatures)2));
        Assert.Equal(TimeSpan.Zero, sets.AgeOf(ClientFeatures.All));
        Assert.True(sets.Use((ClientFeatures)2));
    }

    [Fact]
    public void Age_IsThatOfTheFirstUse()
    {
        var sets = new DeclaredSets(_time);
        sets.Use(ClientFeatures.Roots);
        _time.Advance(Moment);
        sets.Use(ClientFeatures.Roots);

        Assert.Equal(Moment, sets.AgeOf(ClientFeatures.Roots));
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
