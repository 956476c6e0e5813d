using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>One of the <c>arguments</c> of a rule.</summary>
internal static class PolicyConditionSection
{
    private static readonly string[] Tests = ["equals", "oneOf", "matches", "min", "max"];

    public static PolicyCondition? Read(SectionReader section)
    {
        var at = section.Text("at", JsonPointerRule.Check);
        if (section.Node["at"] is null)
        {
            section.Error(new Problem("does not say which argument it is about", "Add \"at\": \"/NAME\"."));
        }

        var equal = section.Scalar("equals");
        var condition = new PolicyCondition
        {
            At = at ?? "/",
            OneOf = equal is not null ? [equal] : section.Scalars("oneOf") ?? [],
            Matches = section.Text("matches", ExpressionRule.Check),
            Min = section.Number("min"),
            Max = section.Number("max"),
        };
        section.Take("oneOf");
        PolicyListRule.Check(section);
        var given = Tests.Where(test => section.Node[test] is not null).ToList();
        if (given.Count != 1 && !given.SequenceEqual(["min", "max"]))
        {
            section.Error(new Problem(
                given.Count == 0 ? "does not say what the argument has to be" : $"has both {given[0]} and {given[1]}",
                "Write one of equals, oneOf, matches, or min and max; a rule takes several conditions."));
        }

        section.Finish();
        return at is null ? null : condition;
    }
}
