using McpHub.Configuration.Reading;
using McpHub.Security.Permissions;

namespace McpHub.Configuration.Rules;

/// <summary>JSON pointers (RFC 6901) that name something within an object.</summary>
internal static class JsonPointerRule
{
    public static Problem? Check(string text) => JsonPointer.TryParse(text, out _)
        ? null
        : new Problem("is no JSON pointer to an argument", "Write \"/NAME\", or \"/NAME/INNER\"; \"~\" in a name is written \"~0\", and \"/\" \"~1\".");
}
