using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.auth</c> section.</summary>
internal static class AuthSection
{
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MinRefresh = TimeSpan.FromMinutes(1);

    public static AuthConfig Read(SectionReader? section)
    {
        var defaults = new AuthConfig();
        if (section is null)
        {
            return defaults;
        }

        var auth = defaults with
        {
            Resource = section.Text("resource", ResourceUriRule.Check),
            Issuers = section.Sections("issuers", ReadIssuer),
            ApiKeys = section.Sections("apiKeys", ReadApiKey),
            ApiKeyPrefix = section.Text("apiKeyPrefix", CredentialRules.Prefix) ?? defaults.ApiKeyPrefix,
            Scopes = section.Texts("scopes", CredentialRules.Scope) ?? defaults.Scopes,
            ClockSkew = section.Duration("clockSkew", TimeSpan.Zero, MaxSkew) ?? defaults.ClockSkew,
            KeyRefresh = section.Duration("keyRefresh", MinRefresh, Limits.MaxDuration) ?? defaults.KeyRefresh,
            RememberedTokens = section.Integer("rememberedTokens", 16, 1_000_000) ?? defaults.RememberedTokens,
            Stdio = ReadStdio(section.Section("stdio")),
        };
        CheckUnique(section, "issuers", "issuer", auth.Issuers.Select(i => i.Issuer));
        CheckUnique(section, "apiKeys", "name", auth.ApiKeys.Select(k => k.Name));
        CheckUnique(section, "apiKeys", "hash", auth.ApiKeys.Select(k => k.Hash.ToUpperInvariant()));
        if (section.Node["issuers"] is null && section.Node["apiKeys"] is null && section.Node["stdio"] is null)
        {
            section.Context.Issues.Warn(section.Node, new Problem(
                "names nobody, so that requests over HTTP need no credential", "Add issuers or apiKeys, or remove the section."));
        }

        section.Finish();
        return auth;
    }

    private static IssuerConfig? ReadIssuer(SectionReader section)
    {
        section.Take("key")?.MarkSecret();
        var key = section.Text("key", CredentialRules.PemKey);
        var jwks = section.Text("jwks", IssuerUrlRule.Check);
        var isDiscovered = section.Node["key"] is null && section.Node["jwks"] is null;
        var issuer = section.Text("issuer", isDiscovered ? IssuerUrlRule.Check : TextRules.NotEmpty);
        var algorithms = section.Texts("algorithms", CredentialRules.Algorithm);
        var roles = section.Text("rolesClaim", TextRules.NotEmpty);
        if (section.Node["issuer"] is null)
        {
            section.Error(new Problem("has no issuer", "Add \"issuer\", what the iss claim of its tokens says."));
        }

        if (section.Node["key"] is not null && section.Node["jwks"] is not null)
        {
            section.Error(new Problem("has both a key and a jwks", "Remove one of the two."));
        }

        if (algorithms is { Count: 0 } && section.Node["algorithms"] is { Items.Count: 0 })
        {
            section.Error("algorithms", new Problem("is empty, so that no token could be accepted", "Name an algorithm, or leave the key out."));
        }

        section.Finish();
        return issuer is null ? null : new IssuerConfig
        {
            Issuer = issuer,
            Jwks = jwks is null ? null : new Uri(jwks),
            Key = key,
            Algorithms = algorithms ?? IssuerConfig.AllAlgorithms,
            RolesClaim = roles ?? "roles",
        };
    }

    private static ApiKeyConfig? ReadApiKey(SectionReader section)
    {
        section.Take("hash")?.MarkSecret();
        var name = section.Text("name", TextRules.Label);
        var hash = section.Text("hash", CredentialRules.Hash);
        var roles = section.Texts("roles", TextRules.NotEmpty) ?? [];
        var scopes = section.Texts("scopes", CredentialRules.Scope) ?? [];
        if (section.Node["name"] is null || section.Node["hash"] is null)
        {
            section.Error(new Problem("lacks a name or a hash", "mcphub token --new-api-key NAME makes a key and this entry."));
        }

        section.Finish();
        return name is null || hash is null ? null : new ApiKeyConfig { Name = name, Hash = hash, Roles = roles, Scopes = scopes };
    }

    private static LocalIdentityConfig ReadStdio(SectionReader? section)
    {
        if (section is null)
        {
            return new LocalIdentityConfig();
        }

        var identity = new LocalIdentityConfig
        {
            Subject = section.Text("subject", TextRules.Label),
            Roles = section.Texts("roles", TextRules.NotEmpty) ?? [],
            Scopes = section.Texts("scopes", CredentialRules.Scope) ?? [],
        };
        if (section.Node["subject"] is null)
        {
            section.Error(new Problem("has no subject", "Add \"subject\", the name of whoever uses the gateway over stdio."));
        }

        section.Finish();
        return identity;
    }

    private static void CheckUnique(SectionReader section, string list, string member, IEnumerable<string> values)
    {
        if (values.GroupBy(value => value, StringComparer.Ordinal).Any(group => group.Count() > 1))
        {
            section.Error(list, new Problem($"has two entries of the same {member}", "Remove one of them."));
        }
    }
}
