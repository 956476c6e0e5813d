using System.Text.RegularExpressions;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Rules of what the audit must not record.</summary>
internal static class RedactionRules
{
    /// <summary>
    /// The options of every pattern. Without backtracking its time grows with the text alone, whatever a client sends.
    /// </summary>
    public const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>A pattern as it stands among others.</summary>
    public static string AsGroup(string pattern) => $"(?:{pattern})";

    public static Problem? Name(string name) => name.Any(char.IsLetterOrDigit)
        ? null
        : new Problem("holds neither letter nor digit", "Write a part of the name, for example \"password\".");

    public static Problem? Pattern(string pattern)
    {
        try
        {
            // As it is used: a comment at its end would go on over the others.
            return new Regex(AsGroup(pattern), Options).IsMatch("")
                ? new Problem("matches the empty text, and so everything", "Write what is to be hidden, for example \"acct-[0-9]+\".")
                : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return new Problem("is no regular expression that can be used here", $"{e.Message} Lookarounds, backreferences and atomic groups are not taken.");
        }
    }
}
