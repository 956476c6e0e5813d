using McpHub.Protocol;
using McpHub.Tests.Configuration;

namespace McpHub.Tests.Docs;

public sealed class ErrorPageTests
{
    private static readonly string Page = RepositoryFiles.Read("docs", "errors.md");

    public static TheoryData<string> Kinds { get; } = [.. Enum.GetNames<FailureKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ErrorPage_HasARowWithCodeStatusAndType(string name)
    {
        var row = Failures.Of(Enum.Parse<FailureKind>(name));

        Assert.Contains($"\n| {row.Code} | `{name}` | {row.HttpStatus} | `{row.ErrorType}` | ", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorPage_HasNoRowOfAnythingElse() =>
        Assert.Equal(Enum.GetValues<FailureKind>().Length, Page.Split('\n').Count(line => line.StartsWith("| -", StringComparison.Ordinal)));
}
