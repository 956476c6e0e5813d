using System.Net;

namespace McpHub.Auditing;

/// <summary>Somebody has shown credentials, for the first time or in vain.</summary>
/// <param name="Caller">The key of the caller; empty if the credentials are not accepted.</param>
/// <param name="Kind">What was shown: <c>jwt</c>, <c>api_key</c>, <c>local</c>; empty for nothing.</param>
/// <param name="Refusal">Why it is not accepted, in words without the credentials; empty if it is.</param>
internal readonly record struct AuditSignIn(string Caller, string Kind, string Refusal)
{
    /// <summary>The program that acts for the caller, if it is known.</summary>
    public string Client { get; init; } = "";

    /// <summary>Who vouches for the caller, or would.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The address that the request came from, which is that of a proxy if there is one; <see langword="null"/> if it isn't known.</summary>
    public IPAddress? Address { get; init; }
}
