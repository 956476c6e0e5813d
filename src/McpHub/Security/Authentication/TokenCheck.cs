namespace McpHub.Security.Authentication;

/// <summary>Checks a token that isn't remembered.</summary>
internal static class TokenCheck
{
    /// <summary>Checks the token, and remembers it if it is good.</summary>
    /// <remarks>
    /// <list type="number">
    /// <item>What it says is read strictly, its algorithm first.</item>
    /// <item>Its claims: issuer, audience, times. What fails there costs no signature.</item>
    /// <item>Its key; one that isn't known is looked for at the issuer, at a bounded rate.</item>
    /// <item>Its signature.</item>
    /// <item>It is remembered, unless its key was withdrawn meanwhile.</item>
    /// </list>
    /// </remarks>
    public static async ValueTask<(CredentialFault Fault, RememberedToken? Token)> CheckAsync(
        AuthenticationModel model, string token, ProtectedResource resource, TimeProvider time, string header)
    {
        // 1.
        var fault = TokenContent.TryRead(token, out var content);
        if (fault != CredentialFault.None)
        {
            return (fault, null);
        }

        // 2.
        var claims = content!.Claims;
        if (!model.Issuers.TryGetValue(claims.Issuer, out var issuer))
        {
            return (CredentialFault.Issuer, null);
        }

        if (!issuer.Config.Algorithms.Contains(content.Algorithm, StringComparer.Ordinal))
        {
            return (CredentialFault.Algorithm, null);
        }

        string[] audiences = [.. claims.Audiences.Select(ResourceUri.Canonical)];
        fault = CheckClaims(claims, audiences, resource, model.ClockSkew, time.GetUtcNow());
        if (fault != CredentialFault.None)
        {
            return (fault, null);
        }

        // 3. and 4.
        var keys = issuer.Keys.Current;
        var key = Find(keys, content, token, out fault);
        if (key is null && (keys is null || fault == CredentialFault.Key || content.KeyId is null)
            && await issuer.Keys.RefreshAsync() is { } fresh && !ReferenceEquals(fresh, keys))
        {
            keys = fresh;
            key = Find(keys, content, token, out fault);
        }

        if (key is null)
        {
            return (keys is null ? CredentialFault.KeysUnavailable : fault, null);
        }

        if (TokenCaller.From(claims, issuer.Config.RolesClaim) is not { } caller)
        {
            return (CredentialFault.Claims, null);
        }

        // 5. In this order: whoever withdraws a key forgets tokens after it.
        var remembered = new RememberedToken(caller, audiences, claims.Expires + model.ClockSkew);
        model.Remembered.Add(header, remembered);
        if (issuer.Keys.Current?.Has(key) != true)
        {
            model.Remembered.Remove(header);
            return (CredentialFault.Key, null);
        }

        return (CredentialFault.None, remembered);
    }

    private static CredentialFault CheckClaims(
        TokenClaims claims, string[] audiences, ProtectedResource resource, TimeSpan skew, DateTimeOffset now)
    {
        if (!resource.Accepts(audiences))
        {
            return CredentialFault.Audience;
        }

        if (now >= claims.Expires + skew)
        {
            return CredentialFault.Expired;
        }

        return claims.NotBefore is { } notBefore && now + skew < notBefore ? CredentialFault.NotYetValid : CredentialFault.None;
    }

    private static VerificationKey? Find(KeySet? keys, TokenContent content, string token, out CredentialFault fault)
    {
        fault = CredentialFault.Key;
        foreach (var key in keys?.For(content) ?? [])
        {
            if (key.Verifies(token, content.Algorithm))
            {
                fault = CredentialFault.None;
                return key;
            }

            fault = CredentialFault.Signature;
        }

        return null;
    }
}
