namespace McpHub.Protocol;

/// <summary>Text of servers on its way into the log and into reasons: a line break or an escape code in it must not write lines of its own.</summary>
internal static class LogText
{
    /// <summary>The text with every control character as a space.</summary>
    public static string Clean(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                return string.Create(text.Length, text, static (chars, text) =>
                {
                    for (var i = 0; i < chars.Length; i++)
                    {
                        chars[i] = char.IsControl(text[i]) ? ' ' : text[i];
                    }
                });
            }
        }

        return text;
    }
}
