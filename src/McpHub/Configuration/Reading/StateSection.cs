using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.state</c> section.</summary>
internal static class StateSection
{
    public static StateConfig Read(SectionReader? section)
    {
        var defaults = new StateConfig();
        if (section is null)
        {
            return defaults;
        }

        var path = section.Text("path", TextRules.NotEmpty);
        section.Finish();
        return defaults with { Path = path is null ? null : section.Context.Files.Resolve(path) };
    }
}
