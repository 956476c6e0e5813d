using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>The canonical URI of a protected resource (RFC 8707, section 2; RFC 9728, section 1.2).</summary>
internal static class ResourceUriRule
{
    public static Problem? Check(string text)
    {
        if (AbsoluteUrlRule.Check(text) is { } problem)
        {
            return problem;
        }

        var url = new Uri(text);
        if (url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            return new Problem("holds more than scheme, host, port and path", "Write the address of the endpoint, for example \"https://gw.example.com/mcp\".");
        }

        return text.Any(c => c is <= ' ' or > '~' or '"' or '\\')
            ? new Problem("holds a character that a URI may not have", "Escape it with % and two digits.")
            : null;
    }
}
