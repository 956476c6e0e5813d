using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

public sealed class PolicySectionTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    /// <summary>A rule, where in it the mistake is, and a part of what is said.</summary>
    public static TheoryData<string, string, string> Mistakes { get; } = new()
    {
        { "[]", "", "is an array where an object belongs" },
        { "{}", "", "has no effect" },
        { """{ "effect": "grant" }""", ".effect", "Write one of: allow, deny" },
        { """{ "effect": "deny", "tools": "x" }""", ".tools", "is a string where an array of strings belongs" },
        { """{ "effect": "deny", "tools": [] }""", ".tools", "is empty" },
        { """{ "effect": "deny", "tools": [""] }""", ".tools[0]", "is empty" },
        { """{ "effect": "deny", "tool": ["x"] }""", ".tool", "Did you mean tools?" },
        { """{ "effect": "deny", "servers": ["nativ"] }""", ".servers[0]", "\"nativ\" matches no server. Did you mean native?" },
        { """{ "effect": "deny", "servers": ["native", "x*"] }""", ".servers[1]", "matches no server" },
        { """{ "effect": "deny", "id": "default" }""", ".id", "is what decisions without a rule are called" },
        { """{ "effect": "deny", "id": "rule-2" }""", ".id", "is called as the rule at $.gateway.policy.rules[1]" },
        { """{ "effect": "deny", "callers": { "roles": [] } }""", ".callers.roles", "is empty" },
        { """{ "effect": "deny", "callers": { "scopes": ["a b"] } }""", ".callers.scopes[0]", "is no scope" },
        { """{ "effect": "deny", "callers": { "claims": { "team": "core" } } }""", ".callers.claims.team", "where an array of strings belongs" },
        { """{ "effect": "deny", "callers": { "claims": { "team": [] } } }""", ".callers.claims.team", "is empty" },
        { """{ "effect": "deny", "callers": { "claims": [] } }""", ".callers.claims", "is an array where an object of arrays of strings belongs" },
        { """{ "effect": "deny", "annotations": { "readOnly": true } }""", ".annotations.readOnly", "is not a known setting" },
        { """{ "effect": "deny", "annotations": { "readOnlyHint": "yes" } }""", ".annotations.readOnlyHint", "where true or false belongs" },
        { """{ "effect": "deny", "annotations": {}, "prompts": ["x"] }""", ".prompts", "only tools have" },
        { """{ "effect": "deny", "resources": ["x"], "arguments": [{ "at": "/a", "equals": 1 }] }""", ".resources", "resources don't have" },
        { """{ "effect": "deny", "stepUp": true, "callers": { "scopes": ["a"] } }""", ".stepUp", "a rule that denies" },
        { """{ "effect": "allow", "stepUp": true }""", ".stepUp", "asks for no scopes" },
        { """{ "effect": "deny", "arguments": {} }""", ".arguments", "where an array of objects belongs" },
        { """{ "effect": "deny", "arguments": [1] }""", ".arguments[0]", "is a number where an object belongs" },
        { """{ "effect": "deny", "arguments": [{ "equals": 1 }] }""", ".arguments[0]", "does not say which argument" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a" }] }""", ".arguments[0]", "does not say what the argument has to be" },
        { """{ "effect": "deny", "arguments": [{ "at": "", "equals": 1 }] }""", ".arguments[0].at", "is no JSON pointer" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a~2", "equals": 1 }] }""", ".arguments[0].at", "is no JSON pointer" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "equals": {} }] }""", ".arguments[0].equals", "is an object where a string, a number, a boolean or null belongs" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "oneOf": [] }] }""", ".arguments[0].oneOf", "is empty" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "oneOf": [[]] }] }""", ".arguments[0].oneOf[0]", "is an array where" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "equals": 1, "min": 1 }] }""", ".arguments[0]", "has both equals and min" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "min": "1" }] }""", ".arguments[0].min", "is a string where a number belongs" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "matches": "(" }] }""", ".arguments[0].matches", "is no regular expression" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "matches": "a)|(?:b" }] }""", ".arguments[0].matches", "is no regular expression" },
        { """{ "effect": "deny", "arguments": [{ "at": "/a", "matches": "(?=a)b" }] }""", ".arguments[0].matches", "could take for ever" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_IsToldWithItsPlace(string rule, string path, string part)
    {
        var result = _folder.Read($$"""{ "gateway": { "policy": { "rules": [{{rule}}, { "effect": "deny" }] } } }""");

        // Two rules with one id are told at the second, whichever of them has chosen it.
        Assert.Contains(result.Issues, issue => (issue.Path == "$.gateway.policy.rules[0]" + path || part.StartsWith("is called as", StringComparison.Ordinal))
            && (issue.ToString().Contains(part, StringComparison.Ordinal) || issue.ToString().Contains("is called as the rule at $.gateway.policy.rules[0]", StringComparison.Ordinal)));
        Assert.Single(result.Issues);
    }

    [Fact]
    public void Rules_AreLimited()
    {
        var rules = string.Join(',', Enumerable.Repeat("""{ "effect": "deny" }""", 1001));

        Assert.Contains("more than 1000 rules", Assert.Single(_folder.Read($$"""{ "gateway": { "policy": { "rules": [{{rules}}] } } }""").Issues).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_IsReadWhole()
    {
        var policy = _folder.ReadGateway(
            """
            { "policy": { "default": "allow", "rules": [
              { "effect": "deny" },
              { "id": "x", "effect": "allow", "stepUp": true, "tools": ["t*"], "tags": ["a", "b"], "annotations": { "readOnlyHint": true },
                "callers": { "subjects": ["s"], "scopes": ["p", "q"], "claims": { "team": ["core"] } },
                "arguments": [ { "at": "/a/b", "equals": "\"" }, { "at": "/n", "oneOf": [1.50, null, true] }, { "at": "/n", "min": -1, "max": 1e3 }, { "at": "/s", "matches": "a|b" } ] } ] } }
            """).Policy;

        Assert.Equal(PolicyEffect.Allow, policy.Default);
        Assert.Equal(["rule-1", "x"], policy.Rules.Select(r => r.Id));
        var rule = policy.Rules[1];
        Assert.True(rule.StepUp);
        Assert.Equal(["p", "q"], rule.Callers!.Scopes);
        Assert.Equal(["core"], rule.Callers.Claims["team"]);
        Assert.Equal(["\"\\\"\""], rule.Arguments[0].OneOf);
        Assert.Equal(["1.50", "null", "true"], rule.Arguments[1].OneOf);
        Assert.Equal(("-1", "1e3"), (rule.Arguments[2].Min, rule.Arguments[2].Max));
        Assert.Equal("a|b", rule.Arguments[3].Matches);
    }

    [Fact]
    public void Rules_ThatDiffer_AreToldWithoutTheirValues()
    {
        var old = HubConfig.Default;
        var next = old with { Gateway = _folder.ReadGateway("""{ "policy": { "rules": [{ "effect": "deny", "callers": { "subjects": ["ann"] } }] } }""") };

        Assert.Equal("~ gateway.policy.rules", ConfigurationDiff.Between(old, next).ToString());
    }
}
