using System.Text;
using McpHub.Protocol;

namespace McpHub.Tests.Protocol;

/// <summary>Every value of an enum that maps to something has its row.</summary>
public sealed class TableTests
{
    private static readonly int[] McpCodes = [-32700, -32600, -32601, -32602, -32603, -32001, -32020, -32021, -32022];

    [Fact]
    public void Failures_HaveARowEach_WithCodesThatNobodyMistakes()
    {
        foreach (var kind in Enum.GetValues<FailureKind>())
        {
            var row = Failures.Of(kind);
            Assert.True(McpCodes.Contains(row.Code) || row.Code is > -32000 or < -32768, $"{kind}: {row.Code}");
            Assert.InRange(row.HttpStatus, 200, 599);
            Assert.NotEmpty(row.ErrorType);
        }

        var own = Enum.GetValues<FailureKind>().Select(k => Failures.Of(k)).Where(r => !McpCodes.Contains(r.Code)).ToArray();
        Assert.Equal(own.Length, own.Select(r => r.Code).Distinct().Count());
        Assert.Equal(own.Length, own.Select(r => r.ErrorType).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => Failures.Of((FailureKind)255));
    }

    [Fact]
    public void MissingResource_HasACodeOfItsOwn_UntilTheModernEra()
    {
        var failure = new Failure(FailureKind.ResourceNotFound, "");
        Assert.All(Revisions.All, r => Assert.Equal(r.IsModern() ? -32602 : -32002, failure.CodeFor(r)));
    }

    [Fact]
    public void Methods_AreReadAndWrittenAlike()
    {
        foreach (var method in Enum.GetValues<McpMethod>().Where(m => m != McpMethod.Unknown))
        {
            Assert.Equal(method, McpMethods.Parse(method.Utf8()));
            Assert.Equal(method.Text(), Encoding.UTF8.GetString(method.Utf8()));
            Assert.Equal(McpMethod.Unknown, McpMethods.Parse(Encoding.UTF8.GetBytes(method.Text().ToUpperInvariant())));
            Assert.Equal(McpMethod.Unknown, McpMethods.Parse(Encoding.UTF8.GetBytes(method.Text() + " ")));
        }

        Assert.Equal(McpMethod.Unknown, McpMethods.Parse([]));
        Assert.Equal(McpMethod.Unknown, McpMethods.Parse(new byte[5000]));
        Assert.Equal(McpMethod.Unknown, McpMethods.Parse([0xC3, 0xA4]));
    }

    [Fact]
    public void Revisions_AreReadAndWrittenAlike_NewestFirst()
    {
        Assert.Equal(Enum.GetValues<Revision>().OrderDescending(), Revisions.All);
        foreach (var revision in Revisions.All)
        {
            Assert.True(Revisions.TryParse(revision.Text(), out var text));
            Assert.True(Revisions.TryParse(revision.Utf8(), out var utf8));
            Assert.Equal((revision, revision), (text, utf8));
            Assert.Equal(revision.IsModern(), Revisions.IsModernText(revision.Text()));
            Assert.Contains("\"" + revision.Text() + "\"", Encoding.UTF8.GetString(Revisions.SupportedJson), StringComparison.Ordinal);
        }

        Assert.All((string?[])[null, "", "2025-11-2", "2025-11-25 ", "draft"], t => Assert.False(Revisions.TryParse(t, out _) || Revisions.IsModernText(t)));
    }

    [Fact]
    public void LogLevels_AreReadAndWrittenAlike()
    {
        foreach (var level in Enum.GetValues<McpLogLevel>())
        {
            Assert.True(McpLogLevels.TryParse(Encoding.UTF8.GetBytes("\"" + level.Text() + "\""), out var read));
            Assert.Equal(level, read);
        }

        Assert.False(McpLogLevels.TryParse("\"Info\""u8, out _));
        Assert.False(McpLogLevels.TryParse("5"u8, out _));
    }

    [Theory]
    [InlineData("\"ref/prompt\"", true)]
    [InlineData("\"ref\\/prompt\"", true)]
    [InlineData("\"ref/promp\\u0074\"", true)]
    [InlineData("\"ref/promp\"", false)]
    [InlineData("\"ref/prompt\\ud800\"", false)]
    [InlineData("5", false)]
    [InlineData("", false)]
    public void Text_IsComparedByWhatItSpells(string json, bool isSame) => Assert.Equal(isSame, JsonText.Is(Encoding.UTF8.GetBytes(json), "ref/prompt"u8));
}
