namespace McpHub.Security.Permissions;

/// <summary>
/// What is decided of one entry for callers with the same rules, as far as it can be without the arguments of a call. Immutable.
/// </summary>
internal sealed class EntryAccess
{
    private static readonly PolicyRule[] NoRules = [];

    private readonly PolicyRule[] _denying = NoRules;
    private readonly PolicyRule[] _allowing = NoRules;
    private readonly PolicyRule[] _steppingUp = NoRules;
    private readonly AccessDecision _otherwise;

    /// <summary>A decision that no argument changes.</summary>
    public EntryAccess(AccessDecision decision) => _otherwise = decision;

    /// <param name="denying">Rules that deny under conditions.</param>
    /// <param name="allowing">Rules that allow under conditions.</param>
    /// <param name="steppingUp">Rules that would allow if the caller had the scopes, with or without conditions.</param>
    /// <param name="otherwise">What holds where none of them does.</param>
    public EntryAccess(PolicyRule[] denying, PolicyRule[] allowing, PolicyRule[] steppingUp, AccessDecision otherwise)
    {
        _denying = denying;
        _allowing = allowing;
        _steppingUp = steppingUp;
        _otherwise = otherwise;
    }

    /// <summary>Whether the entry is listed and found.</summary>
    public bool IsVisible => _otherwise.Outcome != AccessOutcome.Denied || _allowing.Length + _steppingUp.Length > 0;

    /// <summary>Whether it depends on the arguments what a call is answered.</summary>
    public bool IsConditional => _denying.Length + _allowing.Length > 0 || _steppingUp.Any(rule => rule.IsConditional);

    /// <summary>What holds for a request that has no arguments to look at: a completion, a subscription, a read.</summary>
    public AccessDecision Decision =>
        _otherwise.Outcome == AccessOutcome.Allowed ? _otherwise
        : _allowing.Length > 0 ? new AccessDecision(AccessOutcome.Allowed, _allowing[0].Id)
        : _steppingUp.Length > 0 ? StepUp(_steppingUp[0])
        : _otherwise;

    /// <summary>Decides on a call.</summary>
    /// <param name="arguments">The arguments, a JSON object; empty for none.</param>
    public AccessDecision Decide(ReadOnlySpan<byte> arguments)
    {
        foreach (var rule in _denying)
        {
            if (rule.Holds(arguments))
            {
                return new AccessDecision(AccessOutcome.Denied, rule.Id);
            }
        }

        foreach (var rule in _allowing)
        {
            if (rule.Holds(arguments))
            {
                return new AccessDecision(AccessOutcome.Allowed, rule.Id);
            }
        }

        if (_otherwise.Outcome == AccessOutcome.Allowed)
        {
            return _otherwise;
        }

        foreach (var rule in _steppingUp)
        {
            if (rule.Holds(arguments))
            {
                return StepUp(rule);
            }
        }

        return _otherwise;
    }

    private static AccessDecision StepUp(PolicyRule rule) => new(AccessOutcome.InsufficientScope, rule.Id, rule.Scopes);
}
