using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>What a tier has to have, and may not share with those before it.</summary>
internal static class LimitTierRule
{
    public static void Check(SectionReader section, LimitTierConfig tier, IReadOnlyList<LimitTierConfig> before)
    {
        if (section.Node["name"] is null)
        {
            section.Error(new Problem("has no name", "Add \"name\", for example \"slow\"."));
        }
        else if (tier.Name.Length > 0 && before.Any(t => t.Name == tier.Name))
        {
            section.Error("name", new Problem("is the name of another tier", "Give each tier a name of its own."));
        }

        if (tier.Tools.Count == 0 && tier.Categories.Count == 0 && before.FirstOrDefault(t => t.Tools.Count == 0 && t.Categories.Count == 0) is { } other)
        {
            section.Error(new Problem(
                $"has neither tools nor categories, as the tier {VisibleText.Of(other.Name)}", "Only one tier can take what no other does: give this one tools or categories."));
        }

        if (tier.Concurrency is null && section.Node["queue"] is not null)
        {
            section.Error("queue", new Problem("has nothing to wait for", "Add \"concurrency\", or remove it."));
        }
    }
}
