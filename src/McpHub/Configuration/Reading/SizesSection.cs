namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.sizes</c> section.</summary>
internal static class SizesSection
{
    public static SizesConfig Read(SectionReader? section)
    {
        var defaults = new SizesConfig();
        if (section is null)
        {
            return defaults;
        }

        var sizes = defaults with
        {
            Request = section.Size("request") ?? defaults.Request,
            Response = section.Size("response") ?? defaults.Response,
        };
        section.Finish();
        return sizes;
    }
}
