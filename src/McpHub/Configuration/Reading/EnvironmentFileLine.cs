namespace McpHub.Configuration.Reading;

/// <summary>One line of a <c>.env</c> file: a comment, nothing, or <c>NAME=VALUE</c> with optional <c>export</c> and quotes.</summary>
internal static class EnvironmentFileLine
{
    /// <summary>Returns false for what is none of these; the name is <see langword="null"/> where the line defines nothing.</summary>
    public static bool TryParse(string line, out string? name, out string value)
    {
        name = null;
        value = "";
        var text = line.AsSpan().Trim();
        if (text.IsEmpty || text[0] == '#')
        {
            return true;
        }

        if (text.StartsWith("export "))
        {
            text = text["export ".Length..].TrimStart();
        }

        var equals = text.IndexOf('=');
        if (equals <= 0 || text.Contains('\0'))
        {
            return false;
        }

        name = text[..equals].TrimEnd().ToString();
        value = Unquote(text[(equals + 1)..].Trim());
        return true;
    }

    private static string Unquote(ReadOnlySpan<char> text)
    {
        if (text.Length >= 2 && (text[0] is '"' or '\'') && text[0] == text[^1])
        {
            return Unescape(text[1..^1].ToString(), text[0]);
        }

        // A comment after a bare value needs a space before it, so that a password may hold a #.
        var comment = text.IndexOf(" #");
        return (comment < 0 ? text : text[..comment].TrimEnd()).ToString();
    }

    /// <summary>Between double quotes, <c>\n</c> stands for a line break, which keys in PEM form need.</summary>
    private static string Unescape(string text, char quote) =>
        quote == '"' ? text.Replace("\\n", "\n", StringComparison.Ordinal) : text;
}
