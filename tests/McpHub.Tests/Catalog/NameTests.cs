using McpHub.Catalog;
using McpHub.Configuration;

namespace McpHub.Tests.Catalog;

/// <summary>Names that clients see: safe, unique, and the same on every start.</summary>
public sealed class NameTests
{
    private static readonly NamingConfig Always = new();

    [Theory]
    [InlineData("plain_Name-1", "plain_Name-1")]
    [InlineData("a.b/c d", "a_b_c_d")]
    [InlineData("ä", "_")]
    [InlineData("", "e3b0c442")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", "0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", "0123456789012345678901234567890123456789012345678901234_1e4b1ea2")]
    public void ShownName_IsOneThatEveryClientTakes(string name, string shown)
    {
        var given = ShownName.From(name);

        Assert.True(ShownName.IsValid(given), given);
        if (name.Length <= 64)
        {
            Assert.Equal(shown, given);
        }
        else
        {
            // The hash is of the whole name: what differs only at the end stays different.
            Assert.StartsWith(shown[..56], given, StringComparison.Ordinal);
            Assert.NotEqual(given, ShownName.From(name + "5"));
        }

        Assert.Equal(given, ShownName.From(name));
    }

    [Theory]
    [InlineData(PrefixMode.Always, "one_a", "two_a", "two_b")]
    [InlineData(PrefixMode.Conflict, "one_a", "two_a", "b")]
    [InlineData(PrefixMode.Never, "a", "two_a", "b")]
    public void Names_ArePrefixed_AsConfigured(PrefixMode mode, string oneA, string twoA, string twoB)
    {
        var names = new NameAssignment(new NamingConfig { Prefix = mode }, [], [], new HashSet<string> { "a" });

        Assert.Equal(oneA, names.Assign("one", "one", "a"));
        Assert.Equal(twoA, names.Assign("two", "two", "a"));
        Assert.Equal(twoB, names.Assign("two", "two", "b"));
        Assert.Equal(mode == PrefixMode.Never ? 1 : 0, names.Collisions.Count);
    }

    [Fact]
    public void Names_NeverCollide_AndComeOutTheSameAgain()
    {
        string[] tools = ["a.b", "a/b", "a b", "a_b", new string('x', 80), new string('x', 80) + "y", "", "ä", "ö", "hub_echo", "fixed"];

        var first = Run();
        var second = Run();

        Assert.Equal(first, second);
        Assert.Equal(first.Count, first.Distinct().Count());
        Assert.All(first, n => Assert.True(ShownName.IsValid(n), n));
        Assert.DoesNotContain("hub_echo", first);
        Assert.DoesNotContain("fixed", first);

        List<string> Run()
        {
            var names = new NameAssignment(new NamingConfig { Prefix = PrefixMode.Never }, ["hub_echo"], ["fixed"], new HashSet<string>());
            return [.. from server in (string[])["one", "two", "three"] from tool in tools select names.Assign(server, server, tool)];
        }
    }

    [Fact]
    public void Name_DoesNotDependOnWhatComesLater()
    {
        var alone = new NameAssignment(Always, [], [], new HashSet<string>()).Assign("s", "s", "a.b");
        var names = new NameAssignment(Always, [], [], new HashSet<string>());

        Assert.Equal(alone, names.Assign("s", "s", "a.b"));
        Assert.NotEqual(alone, names.Assign("s", "s", "a/b"));
    }

    [Fact]
    public void Rename_IsTakenAsItIs_ByTheFirstThatWantsIt()
    {
        var names = new NameAssignment(Always, ["native"], ["x.y", "native"], new HashSet<string>());

        Assert.Equal("x.y", names.Rename("s", "a", "x.y"));
        Assert.NotEqual("x.y", names.Rename("s", "b", "x.y"));
        Assert.NotEqual("native", names.Rename("s", "c", "native"));
        Assert.Equal(2, names.Collisions.Count);
    }

    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("get_*", "get_issue", true)]
    [InlineData("get_*", "GET_issue", false)]
    [InlineData("?", "ab", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a.*", "a.b", true)]
    [InlineData("a.*", "axb", false)]
    public void Pattern_MatchesWholeNames(string pattern, string name, bool matches) => Assert.Equal(matches, NamePattern.MatchesAny(["-", pattern], name));
}
