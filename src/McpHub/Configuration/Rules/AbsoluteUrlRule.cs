using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Addresses that the gateway calls: absolute, http or https.</summary>
internal static class AbsoluteUrlRule
{
    public static Problem? Check(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return new Problem("is not an absolute http or https URL", "Write it in full, for example \"https://example.com/mcp\".");
        }

        return url.Fragment.Length > 0 ? new Problem("has a fragment, which is never sent", "Remove the # and what follows it.") : null;
    }
}
