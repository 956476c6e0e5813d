using Microsoft.AspNetCore.Http;

namespace McpHub.Security.Authentication;

/// <summary>What a request shows of who sends it, as it came.</summary>
/// <param name="Header">The value of <c>Authorization</c> or <c>X-API-Key</c>; <see langword="null"/> if there is neither, or more than one.</param>
/// <param name="IsKey">Whether it was in <c>X-API-Key</c>.</param>
internal readonly record struct Credential(string? Header, bool IsKey)
{
    public const string ApiKeyHeader = "X-API-Key";

    public static Credential Of(HttpRequest request, out CredentialFault fault)
    {
        var authorization = request.Headers.Authorization;
        var apiKey = request.Headers[ApiKeyHeader];
        if (authorization.Count + apiKey.Count != 1)
        {
            fault = authorization.Count + apiKey.Count == 0 ? CredentialFault.Missing : CredentialFault.Ambiguous;
            return default;
        }

        fault = CredentialFault.None;
        return new Credential((authorization.Count == 1 ? authorization[0] : apiKey[0]) ?? "", authorization.Count == 0);
    }
}
