using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;

namespace McpHub.Security.Permissions;

/// <summary>Tells whether a rule is about a caller. Immutable.</summary>
internal sealed class CallerTest(PolicyCallers callers)
{
    /// <summary>Whether anybody is as good as anybody else.</summary>
    public bool IsForAll { get; } =
        callers.Subjects.Count + callers.Issuers.Count + callers.Clients.Count + callers.Roles.Count + callers.Scopes.Count + callers.Claims.Count == 0;

    public IReadOnlyList<string> Scopes { get; } = callers.Scopes;

    public CallerMatch Match(Caller caller)
    {
        var isMeant = IsOne(callers.Subjects, caller.Subject) && IsOne(callers.Issuers, caller.Issuer) && IsOne(callers.Clients, caller.Client)
            && HasOne(callers.Roles, caller.Roles)
            && callers.Claims.All(claim => caller.Claims.TryGetValue(claim.Key, out var values) && HasOne(claim.Value, values));
        return !isMeant ? CallerMatch.No : Scopes.All(scope => caller.Scopes.Contains(scope, StringComparer.Ordinal)) ? CallerMatch.Yes : CallerMatch.LacksScopes;
    }

    /// <remarks>What isn't known of a caller matches no pattern: a rule for every subject is not one for those who have none.</remarks>
    private static bool IsOne(IReadOnlyList<string> patterns, string value) =>
        patterns.Count == 0 || (value.Length > 0 && NamePattern.MatchesAny(patterns, value));

    private static bool HasOne(IReadOnlyList<string> patterns, IReadOnlyList<string> values) =>
        patterns.Count == 0 || values.Any(value => value.Length > 0 && NamePattern.MatchesAny(patterns, value));
}
