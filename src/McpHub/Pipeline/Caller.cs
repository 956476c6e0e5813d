namespace McpHub.Pipeline;

/// <summary>Who a request is from. Immutable; one instance serves all requests under the same credentials.</summary>
internal sealed class Caller
{
    private static readonly Dictionary<string, IReadOnlyList<string>> NoClaims = [];

    /// <summary>Anybody, where there is no authentication.</summary>
    public static Caller Anonymous { get; } = new() { Key = "anonymous" };

    /// <summary>
    /// What tells callers apart: what one was given (a session, a task, a state, a cached answer) never serves another with a different
    /// key. Unique over all issuers and kinds of credentials.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>The name that the credentials are for, as their issuer spells it; empty for <see cref="Anonymous"/>.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Who vouches for the caller: a token's issuer; empty where the gateway's own configuration does.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The program that acts for the caller (<c>client_id</c>, <c>azp</c>); empty if it isn't known.</summary>
    public string Client { get; init; } = "";

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>What the caller has been granted (RFC 6749, section 3.3).</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The rest of what the issuer says, by name; each with one value or more, as text.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; } = NoClaims;

    /// <summary>Whether another one is the same caller with the same rights, as far as the gateway's configuration has a say in them.</summary>
    public bool IsAs(Caller other) =>
        ReferenceEquals(this, other) || (Key == other.Key && Roles.SequenceEqual(other.Roles) && Scopes.SequenceEqual(other.Scopes));

    public bool IsAnonymous => ReferenceEquals(this, Anonymous);
}
