using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.naming</c> section.</summary>
internal static class NamingSection
{
    private static readonly Dictionary<string, PrefixMode> Modes = new(StringComparer.Ordinal)
    {
        ["always"] = PrefixMode.Always,
        ["conflict"] = PrefixMode.Conflict,
        ["never"] = PrefixMode.Never,
    };

    public static NamingConfig Read(SectionReader? section)
    {
        var defaults = new NamingConfig();
        if (section is null)
        {
            return defaults;
        }

        var naming = defaults with
        {
            Prefix = section.Choice("prefix", Modes) ?? defaults.Prefix,
            Separator = section.Text("separator", NameParts.Separator) ?? defaults.Separator,
        };
        section.Finish();
        return naming;
    }
}
