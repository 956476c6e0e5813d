using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Values of headers: a line break in one would begin another header.</summary>
internal static class HeaderValueRule
{
    public static Problem? Check(string value)
    {
        if (value.Any(c => char.IsControl(c) && c != '\t'))
        {
            return new Problem("holds a line break or another control character", "Write the value on one line.");
        }

        return value.All(char.IsAscii)
            ? null
            : new Problem(
                "holds a character that is not ASCII",
                "Encode the value as the server expects it, for example by percent encoding.");
    }
}
