namespace McpHub.Configuration.Reading;

/// <summary>Builds paths in the normal notation of RFC 9535, with the dot shorthand where it is allowed.</summary>
internal static class JsonPath
{
    public const string Root = "$";

    public static string Member(string parent, string name) =>
        IsShorthand(name) ? $"{parent}.{name}" : $"{parent}['{Escape(name)}']";

    public static string Item(string parent, int index) => $"{parent}[{index}]";

    private static bool IsShorthand(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$');

    private static string Escape(string name) =>
        VisibleText.Of(name).Replace("'", "\\'", StringComparison.Ordinal);
}
