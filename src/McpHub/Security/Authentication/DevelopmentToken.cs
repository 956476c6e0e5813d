using System.Text;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Security.Authentication;

/// <summary>A token as the gateway issues it for development, with a key that stands in its own configuration.</summary>
internal sealed record DevelopmentToken
{
    public required string Issuer { get; init; }

    /// <summary>The resource that it is for.</summary>
    public required string Audience { get; init; }

    public required string Subject { get; init; }

    public required TimeSpan Lifetime { get; init; }

    public string? Client { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The claim for <see cref="Roles"/>.</summary>
    public string RolesClaim { get; init; } = "roles";

    /// <summary>Further claims; one that is given several times is an array.</summary>
    public ILookup<string, string> Claims { get; init; } = Array.Empty<string>().ToLookup(text => text);

    /// <summary>Issues it.</summary>
    /// <param name="key">A private key.</param>
    /// <param name="now">When it begins to be good.</param>
    public string Sign(VerificationKey key, DateTimeOffset now)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonDefaults.Writer))
        {
            json.WriteStartObject();
            json.WriteString("iss", Issuer);
            json.WriteString("aud", Audience);
            json.WriteString("sub", Subject);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
            json.WriteString("jti", Guid.NewGuid());
            if (Client is not null)
            {
                json.WriteString("client_id", Client);
            }

            if (Scopes.Count > 0)
            {
                json.WriteString("scope", string.Join(' ', Scopes));
            }

            if (Roles.Count > 0)
            {
                Write(json, RolesClaim, [.. Roles]);
            }

            foreach (var claim in Claims)
            {
                Write(json, claim.Key, [.. claim]);
            }

            json.WriteEndObject();
        }

        return key.Sign(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, string name, string[] values)
    {
        if (values.Length == 1)
        {
            json.WriteString(name, values[0]);
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
