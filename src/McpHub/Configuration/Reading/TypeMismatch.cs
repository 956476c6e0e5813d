using System.Text.Json;

namespace McpHub.Configuration.Reading;

/// <summary>Words for a value of the wrong JSON type.</summary>
internal static class TypeMismatch
{
    /// <summary>Describes it; <paramref name="wanted"/> is a noun with its article, such as <c>a string</c>.</summary>
    public static Problem Of(ConfigNode node, string wanted) =>
        new($"is {Name(node.Kind)} where {wanted} belongs", Mend(node.Kind, wanted));

    private static string Mend(JsonValueKind kind, string wanted) => (kind, wanted) switch
    {
        (JsonValueKind.Null, _) => "Leave the key out instead.",
        (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False, Wanted.Text) => "Put it in double quotes.",
        (JsonValueKind.String, Wanted.Flag) => "Write true or false, without quotes.",
        (JsonValueKind.String, Wanted.Integer) => "Write the number without quotes.",
        (JsonValueKind.String, Wanted.TextList) => "Put it in brackets: [\"…\"], one string for each item.",
        _ => $"Write {wanted}.",
    };

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
