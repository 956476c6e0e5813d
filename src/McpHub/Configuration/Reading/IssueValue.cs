using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpHub.Configuration.Reading;

/// <summary>A value as a message may show it.</summary>
internal static partial class IssueValue
{
    public const string Masked = "***";

    /// <summary>Shows a scalar, masked when it is secret; nothing for objects and arrays, which are too much for a message.</summary>
    public static string? Of(ConfigNode node, string? shown = null) => node.Kind switch
    {
        JsonValueKind.Object or JsonValueKind.Array => null,
        JsonValueKind.String when node.IsSecret => Masked,
        JsonValueKind.String => $"\"{VisibleText.Of(WithoutCredentials(shown ?? node.Text))}\"",
        JsonValueKind.Number when node.IsSecret => Masked,
        _ => VisibleText.Of(node.Text),
    };

    /// <summary>Hides what commonly carries secrets in a URL, whole or mistyped: the user part and the query.</summary>
    public static string WithoutCredentials(string text) => Query().Replace(User().Replace(text, "$1$3***@"), "?***");

    [GeneratedRegex(@"(://|^)[^/?#\s:]*(:[^/?#\s]*)@|(://)[^/?#\s]*@")]
    private static partial Regex User();

    [GeneratedRegex(@"\?.*=.*", RegexOptions.Singleline)]
    private static partial Regex Query();
}
