using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;

namespace McpHub.Security.Permissions;

/// <summary>A rule of the policy, ready for use. Immutable.</summary>
internal sealed class PolicyRule(PolicyRuleConfig config)
{
    private readonly CallerTest _callers = new(config.Callers ?? new PolicyCallers());
    private readonly EntryTest _entries = new(config);
    private readonly ArgumentCondition[] _conditions = [.. config.Arguments.Select(c => new ArgumentCondition(c))];

    public string Id => config.Id;

    public PolicyEffect Effect => config.Effect;

    public bool IsForAllCallers => _callers.IsForAll;

    public bool IsConditional => _conditions.Length > 0;

    /// <summary>Whether who lacks nothing but <see cref="Scopes"/> is told so.</summary>
    public bool IsStepUp => config.StepUp;

    public IReadOnlyList<string> Scopes => _callers.Scopes;

    public CallerMatch Match(Caller caller) => _callers.Match(caller);

    public bool IsAbout(CatalogEntry entry) => _entries.Matches(entry);

    /// <summary>Whether the conditions hold for a call with these arguments; without conditions, for every one.</summary>
    public bool Holds(ReadOnlySpan<byte> arguments)
    {
        foreach (var condition in _conditions)
        {
            if (!condition.Holds(arguments, Effect))
            {
                return false;
            }
        }

        return true;
    }
}
