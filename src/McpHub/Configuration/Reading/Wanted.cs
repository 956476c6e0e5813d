namespace McpHub.Configuration.Reading;

/// <summary>The names of the types that settings have, as messages give them.</summary>
internal static class Wanted
{
    public const string Text = "a string";
    public const string Flag = "true or false";
    public const string Integer = "a whole number";
    public const string TextList = "an array of strings";
    public const string TextMap = "an object of strings";
    public const string Duration = "a duration such as \"30s\"";
    public const string Size = "a size such as \"4MB\"";
    public const string Section = "an object";
    public const string SectionList = "an array of objects";
}
