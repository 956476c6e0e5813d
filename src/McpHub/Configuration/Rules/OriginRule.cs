using System.Text.RegularExpressions;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Origins as browsers send them: scheme, host and perhaps a port, or <c>*</c> for all.</summary>
internal static partial class OriginRule
{
    public static Problem? Check(string origin) => origin is "*" || Form().IsMatch(origin)
        ? null
        : new Problem(
            "is not an origin",
            "Write scheme, host and port without a path, for example \"https://app.example.com\", or \"*\" for all.");

    // Any scheme, because extensions and editors have their own: chrome-extension://…, vscode-webview://…
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#@\s*]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
