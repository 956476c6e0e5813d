using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>The tags of cached results: text with the names of arguments in braces.</summary>
internal static class CacheTagRule
{
    private const int MaxLength = 256;

    public static Problem? Check(string text)
    {
        if (TextRules.NotEmpty(text) is { } empty)
        {
            return empty;
        }

        if (text.Length > MaxLength || text.Any(char.IsControl))
        {
            return new Problem($"is longer than {MaxLength} characters, or holds one that cannot be printed", "Shorten it, or remove the character.");
        }

        if (text.AsSpan().ContainsAny('*', '?'))
        {
            return new Problem("holds * or ?, which stand for any text where tags are invalidated", "Write the tag without them.");
        }

        return AreBracesPaired(text) ? null : new Problem("has a brace without its partner, or nothing between two", "Write an argument as {name}.");
    }

    private static bool AreBracesPaired(string text)
    {
        var open = -1;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '{')
            {
                if (open >= 0)
                {
                    return false;
                }

                open = i;
            }
            else if (text[i] == '}')
            {
                if (open < 0 || i == open + 1)
                {
                    return false;
                }

                open = -1;
            }
        }

        return open < 0;
    }
}
