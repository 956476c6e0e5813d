using System.CommandLine;
using System.CommandLine.Parsing;
using McpHub.Configuration.Reading;
using McpHub.Pipeline;

namespace McpHub.Server.CommandLine;

/// <summary>The option <c>--as</c>: a caller, written as what is known of it.</summary>
/// <remarks>Who can run the command has the configuration, and could be anybody to the gateway by changing it.</remarks>
internal static class CallerOption
{
    private const string Form = "Write it as subject=NAME,issuer=URL,client=NAME,role=NAME,scope=NAME,claim:NAME=VALUE, each as often as it is needed, or 'anonymous'.";

    /// <param name="does">What the command does for the caller, as the beginning of the description.</param>
    public static Option<Caller?> Create(string does) => new("--as")
    {
        HelpName = "CALLER",
        Description = does + ": anonymous, or for example subject=ann,role=developer,scope=files:read,claim:team=core,client=cli.",
        CustomParser = Parse,
    };

    private static Caller? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == "anonymous")
        {
            return Caller.Anonymous;
        }

        var known = new List<(string Key, string Value)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // A claim's name may be a URL, and hold whatever URLs hold.
            var separator = part.IndexOf('=', StringComparison.Ordinal);
            var key = separator < 0 ? part : part[..separator];
            if (separator < 0 || !(key is "subject" or "issuer" or "client" or "role" or "scope" || (key.StartsWith("claim:", StringComparison.Ordinal) && key.Length > 6)))
            {
                result.AddError($"--as \"{VisibleText.Of(text)}\": '{VisibleText.Of(part)}' says nothing of a caller. {Form}");
                return null;
            }

            known.Add((key, part[(separator + 1)..]));
        }

        return new Caller
        {
            Key = "--as " + text,
            Subject = Last(known, "subject"),
            Issuer = Last(known, "issuer"),
            Client = Last(known, "client"),
            Roles = All(known, "role"),
            Scopes = All(known, "scope"),
            Claims = known.Where(k => k.Key.StartsWith("claim:", StringComparison.Ordinal)).Select(k => k.Key).Distinct()
                .ToDictionary(key => key["claim:".Length..], key => (IReadOnlyList<string>)All(known, key)),
        };
    }

    private static string Last(List<(string Key, string Value)> known, string key) => known.LastOrDefault(k => k.Key == key).Value ?? "";

    private static string[] All(List<(string Key, string Value)> known, string key) => [.. known.Where(k => k.Key == key).Select(k => k.Value)];
}
