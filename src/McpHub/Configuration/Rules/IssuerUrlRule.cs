using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Addresses that keys are fetched from: whoever can change what comes from there can issue tokens.</summary>
internal static class IssuerUrlRule
{
    public static Problem? Check(string text) => AbsoluteUrlRule.Check(text) ?? (IsProtected(new Uri(text))
        ? null
        : new Problem("is not https, so that anybody on the way could put keys of their own in", "Use https; http is only for loopback addresses."));

    /// <summary>Whether nobody on the way can change what is fetched.</summary>
    public static bool IsProtected(Uri url) => url.Scheme == "https" || (url.Scheme == "http" && ListenUrlRule.IsLoopback(url.AbsoluteUri));
}
