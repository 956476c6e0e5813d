using System.Text;
using System.Text.RegularExpressions;

namespace McpHub.Catalog;

/// <summary>Tells whether a URI is one that a template (RFC 6570) expands to.</summary>
internal sealed partial class UriTemplate
{
    private readonly Regex? _regex;

    /// <param name="template">The template; one that is not well-formed matches nothing.</param>
    public UriTemplate(string template) => _regex = Compile(template);

    // The non-backtracking engine is linear in the URI, whatever a server's template looks like.
    public bool Matches(string uri) => _regex?.IsMatch(uri) ?? false;

    private static Regex? Compile(string template)
    {
        var pattern = new StringBuilder("^");
        var rest = template.AsSpan();
        while (!rest.IsEmpty)
        {
            var open = rest.IndexOf('{');
            if (open < 0)
            {
                pattern.Append(Regex.Escape(rest.ToString()));
                break;
            }

            var close = rest[open..].IndexOf('}');
            if (close < 2)
            {
                return null;
            }

            pattern.Append(Regex.Escape(rest[..open].ToString()));
            pattern.Append(Expression(rest.Slice(open + 1, close - 1)));
            rest = rest[(open + close + 1)..];
        }

        return new Regex(pattern.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>RFC 6570 §3.2: what each operator's expansion may consist of.</summary>
    private static string Expression(ReadOnlySpan<char> expression) => expression[0] switch
    {
        '+' => ".+",
        '#' => "(#.*)?",
        '.' => @"(\.[^/?#]*)?",
        '/' => "(/[^?#]*)?",
        ';' => "(;[^/?#]*)?",
        '?' => @"(\?[^#]*)?",
        '&' => "(&[^#]*)?",
        _ => "[^/?#]+",
    };
}
