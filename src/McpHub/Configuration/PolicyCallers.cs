namespace McpHub.Configuration;

/// <summary>
/// Whom a rule is about: callers of whom everything holds that is given. In a list of patterns (<c>*</c> and <c>?</c>) one is enough;
/// a caller of whom the thing isn't known matches none, not even <c>*</c>.
/// </summary>
public sealed record PolicyCallers
{
    /// <summary>Patterns of subjects.</summary>
    public IReadOnlyList<string> Subjects { get; init; } = [];

    /// <summary>Patterns of those who vouch for the caller: the issuers of tokens.</summary>
    public IReadOnlyList<string> Issuers { get; init; } = [];

    /// <summary>Patterns of programs that act for the caller.</summary>
    public IReadOnlyList<string> Clients { get; init; } = [];

    /// <summary>Patterns of roles.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Scopes that the caller must have been granted, all of them, as they are.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Patterns of the values of other claims, by the claims' names; of each claim, one value has to match.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
