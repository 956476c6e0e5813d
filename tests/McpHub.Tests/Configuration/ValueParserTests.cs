using McpHub.Configuration;
using McpHub.Configuration.Reading;

namespace McpHub.Tests.Configuration;

public sealed class ValueParserTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("0.25m", 15_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void Duration_IsParsed(string text, double milliseconds)
    {
        Assert.Null(DurationParser.Parse(text, out var value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1.s")]
    [InlineData(".5s")]
    [InlineData("1S")]
    [InlineData("1d")]
    [InlineData("1s ")]
    [InlineData("1s\n")]
    [InlineData("1e3s")]
    [InlineData("٣s")]
    [InlineData("9999999999999s")]
    public void Duration_IsRefused_WhenItIsInNoKnownForm(string text) => Assert.NotNull(DurationParser.Parse(text, out _));

    [Fact]
    public void Duration_DoesNotOverflow_WhenItIsHuge()
    {
        Assert.Null(DurationParser.Parse("999999999999h", out var value));
        Assert.Equal(TimeSpan.MaxValue, value);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("100B", 100)]
    [InlineData("512KB", 524_288)]
    [InlineData("4MB", 4_194_304)]
    [InlineData("4 mb", 4_194_304)]
    [InlineData("1GB", 1_073_741_824)]
    public void Size_IsParsed(string text, long bytes)
    {
        Assert.Null(SizeParser.Parse(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("1.5MB")]
    [InlineData("-1")]
    [InlineData("1TB")]
    [InlineData("1MB\n")]
    public void Size_IsRefused_WhenItIsInNoKnownForm(string text) => Assert.NotNull(SizeParser.Parse(text, out _));

    [Theory]
    [InlineData("1500ms")]
    [InlineData("90s")]
    [InlineData("2m")]
    [InlineData("48h")]
    public void Duration_IsWrittenAsItIsRead(string text)
    {
        DurationParser.Parse(text, out var value);
        Assert.Equal(text, DurationParser.Format(value));
    }

    [Theory]
    [InlineData("0B")]
    [InlineData("1023B")]
    [InlineData("512KB")]
    [InlineData("3MB")]
    [InlineData("1GB")]
    public void Size_IsWrittenAsItIsRead(string text)
    {
        SizeParser.Parse(text, out var value);
        Assert.Equal(text, SizeParser.Format(value));
    }

    [Theory]
    [InlineData("github", "github")]
    [InlineData("my files.v2/😀", "my_files_v2__")]
    [InlineData("a-b_C9", "a-b_C9")]
    public void ServerName_IsMadeSafe(string name, string safe) => Assert.Equal(safe, ServerName.ToSafe(name));

    [Theory]
    [InlineData("comand", "command")]
    [InlineData("ARGS", "args")]
    [InlineData("ulr", "url")]
    [InlineData("zzzz", null)]
    public void Spelling_FindsTheWordThatWasMeant(string word, string? expected) =>
        Assert.Equal(expected, Spelling.Closest(word, ["command", "args", "url", "env"]));
}
