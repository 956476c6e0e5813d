using System.Text.RegularExpressions;

namespace McpHub.Configuration.Reading;

/// <summary>The parts of what stands between <c>${</c> and <c>}</c>.</summary>
internal static partial class Reference
{
    private const string DefaultMark = ":-";

    /// <summary>The reference without its default, which may be a secret.</summary>
    public static string WithoutDefault(string body) => Split(body).Name;

    /// <summary>Parts <c>NAME:-default</c>.</summary>
    public static (string Name, string? Default) Split(string body)
    {
        var mark = body.IndexOf(DefaultMark, StringComparison.Ordinal);
        return mark < 0 ? (body, null) : (body[..mark], body[(mark + DefaultMark.Length)..]);
    }

    /// <summary>Whether this is the name of a variable as a shell takes it.</summary>
    public static bool IsVariableName(string name) => VariableName().IsMatch(name);

    /// <summary>
    /// Whether this reads like a reference of some program, and not like a piece of a password that happens to hold <c>${</c>.
    /// </summary>
    public static bool IsPlain(string name) => PlainReference().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z]+(:[A-Za-z0-9_.-]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainReference();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
