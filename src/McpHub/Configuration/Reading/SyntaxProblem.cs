using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpHub.Configuration.Reading;

/// <summary>Says why text is not JSON, without the parser's quotation of it: an unquoted word may well be a token.</summary>
internal static partial class SyntaxProblem
{
    private const string Mend = "Mend the JSON at this place; comments and trailing commas are allowed.";

    public static Problem Of(JsonException failure)
    {
        var message = Position().Replace(failure.Message, "").Trim();
        return message switch
        {
            _ when message.Contains("does not contain any JSON tokens", StringComparison.Ordinal) =>
                new("the file is empty", "Write at least {}."),
            _ when message.Contains("is an invalid JSON literal", StringComparison.Ordinal) =>
                new("not JSON: a word stands here without quotes", "Put text in double quotes."),
            _ when message.Contains("maximum configured depth", StringComparison.Ordinal) =>
                new("not a configuration: it is nested more than 64 deep", "Remove the nesting."),
            _ => new($"not JSON: {LongQuotation().Replace(message, "a word").TrimEnd('.')}", Mend),
        };
    }

    [GeneratedRegex(@"\s*(LineNumber: \d+ \| BytePositionInLine: \d+\.|Change the reader options.*)")]
    private static partial Regex Position();

    [GeneratedRegex("^'.{5,}?'(?= is )")]
    private static partial Regex LongQuotation();
}
