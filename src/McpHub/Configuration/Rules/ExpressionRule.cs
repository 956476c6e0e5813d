using McpHub.Configuration.Reading;
using McpHub.Security.Permissions;

namespace McpHub.Configuration.Rules;

/// <summary>Regular expressions that take no longer than the text that they look at is.</summary>
internal static class ExpressionRule
{
    public static Problem? Check(string text)
    {
        if (text.Length > Limits.MaxPattern)
        {
            return new Problem($"is longer than {Limits.MaxPattern} characters", "Shorten it, or use oneOf.");
        }

        try
        {
            _ = WholeMatch.Compile(text);
            return null;
        }
        catch (ArgumentException)
        {
            return new Problem("is no regular expression", "Mend its syntax, which is that of .NET.");
        }
        catch (NotSupportedException)
        {
            return new Problem("uses a construct that could take for ever", "Write it without lookarounds, backreferences and atomic groups.");
        }
    }
}
