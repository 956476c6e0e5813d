using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>One of <c>gateway.policy.rules</c>.</summary>
internal static class PolicyRuleSection
{
    /// <param name="section">The rule.</param>
    /// <param name="fallbackId">The id of a rule that gives itself none.</param>
    public static PolicyRuleConfig? Read(SectionReader section, string fallbackId)
    {
        var effect = section.Choice("effect", PolicySection.Effects);
        if (section.Node["effect"] is null)
        {
            section.Error(new Problem("has no effect", "Add \"effect\": \"allow\" or \"effect\": \"deny\"."));
        }

        var rule = new PolicyRuleConfig
        {
            Id = section.Text("id", TextRules.Label) ?? fallbackId,
            Effect = effect ?? PolicyEffect.Deny,
            Callers = ReadCallers(section.Section("callers")),
            Tools = section.Texts("tools", TextRules.NotEmpty) ?? [],
            Prompts = section.Texts("prompts", TextRules.NotEmpty) ?? [],
            Resources = section.Texts("resources", TextRules.NotEmpty) ?? [],
            Categories = section.Texts("categories", TextRules.NotEmpty) ?? [],
            Servers = section.Texts("servers", TextRules.NotEmpty) ?? [],
            Tags = section.Texts("tags", TextRules.NotEmpty) ?? [],
            Annotations = ReadAnnotations(section.Section("annotations")),
            Arguments = section.Sections("arguments", PolicyConditionSection.Read),
            StepUp = section.Flag("stepUp") ?? false,
        };
        PolicyRulePartsRule.Check(rule, section);
        section.Finish();
        return effect is null ? null : rule;
    }

    private static PolicyCallers? ReadCallers(SectionReader? section)
    {
        if (section is null)
        {
            return null;
        }

        var callers = new PolicyCallers
        {
            Subjects = section.Texts("subjects", TextRules.NotEmpty) ?? [],
            Issuers = section.Texts("issuers", TextRules.NotEmpty) ?? [],
            Clients = section.Texts("clients", TextRules.NotEmpty) ?? [],
            Roles = section.Texts("roles", TextRules.NotEmpty) ?? [],
            Scopes = section.Texts("scopes", ScopeRule.Check) ?? [],
            Claims = section.TextLists("claims", TextRules.NotEmpty) ?? new Dictionary<string, IReadOnlyList<string>>(),
        };
        PolicyListRule.Check(section);
        section.Finish();
        return callers;
    }

    private static PolicyAnnotations? ReadAnnotations(SectionReader? section)
    {
        if (section is null)
        {
            return null;
        }

        var annotations = new PolicyAnnotations
        {
            ReadOnlyHint = section.Flag("readOnlyHint"),
            DestructiveHint = section.Flag("destructiveHint"),
            IdempotentHint = section.Flag("idempotentHint"),
            OpenWorldHint = section.Flag("openWorldHint"),
        };
        section.Finish();
        return annotations;
    }
}
