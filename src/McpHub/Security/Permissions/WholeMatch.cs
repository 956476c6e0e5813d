using System.Text.RegularExpressions;
using McpHub.Protocol;

namespace McpHub.Security.Permissions;

/// <summary>Whether a value is a string, the whole of which matches a regular expression.</summary>
/// <remarks>
/// The whole, because an expression that is found anywhere allows more than it seems to. A dot stands for line breaks too, or one
/// would hide what follows it from a rule that denies.
/// </remarks>
internal sealed class WholeMatch(string expression) : ValueTest
{
    // In bytes of JSON. The engine takes about a microsecond for a hundred; what is longer is not looked at.
    private const int LongestText = 64 * 1024;

    // The engine is linear in the text; this is for what nobody has thought of.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    private readonly Regex _regex = Compile(expression);

    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    public static Regex Compile(string expression)
    {
        // By itself first: what is not closed must not find its end in ours.
        _ = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
        return new Regex(
            $@"\A(?:{expression})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline, Timeout);
    }

    public override FoundValues Test(ReadOnlySpan<byte> json)
    {
        if (json[0] != '"')
        {
            return FoundValues.Fails;
        }

        if (json.Length > LongestText || JsonText.Decode(json) is not { } text)
        {
            return FoundValues.Unknown;
        }

        try
        {
            return _regex.IsMatch(text) ? FoundValues.Passes : FoundValues.Fails;
        }
        catch (RegexMatchTimeoutException)
        {
            return FoundValues.Unknown;
        }
    }
}
