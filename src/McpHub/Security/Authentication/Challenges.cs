using McpHub.Protocol;

namespace McpHub.Security.Authentication;

/// <summary>What a client is told whose credential is not good, or not enough (RFC 6750, section 3; RFC 9728, section 5.1).</summary>
internal static class Challenges
{
    private const string NotValid = "The access token is not valid here.";

    /// <summary>The error that goes with a fault. It says no more than the challenge.</summary>
    public static Failure FailureOf(CredentialFault fault) => fault == CredentialFault.KeysUnavailable
        ? new Failure(FailureKind.IssuerUnavailable, "The token cannot be checked now, because its issuer does not answer; try again later.")
        {
            // Before that nobody asks the issuer again.
            RetryAfter = (int)RemoteKeys.Pause.TotalSeconds,
        }
        : new Failure(FailureKind.Unauthenticated, "Unauthorized: " + (DescriptionOf(fault) ?? "send an access token or an API key in the Authorization header."));

    /// <summary>The value of <c>WWW-Authenticate</c>.</summary>
    /// <param name="resource">The endpoint that was called.</param>
    /// <param name="scopes">What to ask for at first.</param>
    /// <param name="fault">What is wrong.</param>
    public static string Of(ProtectedResource resource, IReadOnlyList<string> scopes, CredentialFault fault) =>
        Write(resource, ErrorOf(fault), DescriptionOf(fault), scopes);

    /// <summary>The value of <c>WWW-Authenticate</c> that makes a client ask for more scopes, all that the request needs at once.</summary>
    public static string StepUp(ProtectedResource resource, IReadOnlyList<string> scopes) =>
        Write(resource, "insufficient_scope", "The request needs more scopes.", scopes);

    private static string Write(ProtectedResource resource, string? error, string? description, IReadOnlyList<string> scopes)
    {
        var members = new List<string>(4);
        if (error is not null)
        {
            members.Add($"error=\"{error}\"");
        }

        if (description is not null)
        {
            members.Add($"error_description=\"{description}\"");
        }

        if (scopes.Count > 0)
        {
            members.Add($"scope=\"{string.Join(' ', scopes)}\"");
        }

        members.Add(resource.MetadataUrl is { } metadata ? $"resource_metadata=\"{metadata}\"" : "realm=\"mcp\"");
        return "Bearer " + string.Join(", ", members);
    }

    /// <summary>A request without a credential is told no error (RFC 6750, section 3.1).</summary>
    private static string? ErrorOf(CredentialFault fault) => fault switch
    {
        CredentialFault.Missing => null,
        CredentialFault.Ambiguous => "invalid_request",
        _ => "invalid_token",
    };

    /// <summary>What a client can do something about; the rest is only of use to who forges.</summary>
    private static string? DescriptionOf(CredentialFault fault) => fault switch
    {
        CredentialFault.Missing => null,
        CredentialFault.Ambiguous => "The request has more than one credential.",
        CredentialFault.Expired => "The access token has expired.",
        CredentialFault.Audience => "The access token was issued for another resource.",
        CredentialFault.ApiKey => "The API key is not known.",
        _ => NotValid,
    };
}
