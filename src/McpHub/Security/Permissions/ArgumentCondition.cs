using McpHub.Configuration;

namespace McpHub.Security.Permissions;

/// <summary>A condition of a rule on the arguments of a call. Immutable.</summary>
internal sealed class ArgumentCondition
{
    private readonly JsonPointer _pointer;
    private readonly ValueTest _test;

    /// <exception cref="ArgumentException">The configuration was not read from a file, and is wrong.</exception>
    public ArgumentCondition(PolicyCondition config)
    {
        _pointer = JsonPointer.TryParse(config.At, out var pointer) ? pointer : throw new ArgumentException($"'{config.At}' is no JSON pointer to an argument.", nameof(config));
        _test = config.Matches is not null ? new WholeMatch(config.Matches)
            : config.OneOf.Count > 0 ? new OneOfTest(config.OneOf)
            : new RangeTest(config.Min, config.Max);
    }

    /// <summary>Whether a call has to be taken to fulfil the condition.</summary>
    /// <param name="arguments">The arguments, a JSON object; empty for none.</param>
    /// <param name="effect">
    /// What follows from it. In doubt, because a name is there twice or a text can't be looked at, nothing is allowed and everything denied.
    /// </param>
    public bool Holds(ReadOnlySpan<byte> arguments, PolicyEffect effect)
    {
        var found = _pointer.Find(arguments, _test);
        return effect == PolicyEffect.Allow ? found == FoundValues.Passes : (found & (FoundValues.Passes | FoundValues.Unknown)) != FoundValues.None;
    }
}
