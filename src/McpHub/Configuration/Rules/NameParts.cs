using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Rules of what the names of tools are made of; clients take <c>A-Z a-z 0-9 _ -</c> and no more than 64.</summary>
internal static class NameParts
{
    private const int MaxName = 64;
    private const int MaxSeparator = 3;

    public static Problem? Separator(string text) => Check(text, MaxSeparator);

    public static Problem? Prefix(string text) => Check(text, MaxName);

    public static Problem? ToolName(string text) => Check(text, MaxName);

    private static Problem? Check(string text, int max) =>
        text.Length >= 1 && text.Length <= max && text.All(ServerName.IsSafe)
            ? null
            : new Problem($"is not made of 1 to {max} of the characters A-Z a-z 0-9 _ -", "Use only these characters, at least one.");
}
