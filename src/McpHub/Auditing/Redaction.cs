using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using McpHub.Configuration.Rules;
using McpHub.Protocol;

namespace McpHub.Auditing;

/// <summary>Takes out of arguments and other text what must not be kept. Immutable.</summary>
/// <remarks>Rather too much than too little: <c>max_tokens</c> goes too.</remarks>
internal sealed class Redaction
{
    private const string Hidden = "***";

    /// <summary>Parts of names, in lower case and without what stands between words.</summary>
    private static readonly string[] KnownNames =
    [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "privatekey", "authorization", "bearer", "cookie",
        "credential", "sessionid", "otp", "pincode", "cvv", "cvc", "cardnumber", "iban", "ssn", "email",
    ];

    private static readonly string[] KnownPatterns =
    [
        // E-mail addresses.
        @"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",

        // JSON web tokens, and what follows the name of a scheme.
        @"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*",
        @"[Bb]earer\s+[A-Za-z0-9._~+/=-]+",
        @"[Bb]asic\s+[A-Za-z0-9+/=]{8,}",

        // Keys that say by their beginning whose they are.
        @"(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}",
        @"(gh[pousr]|github_pat|glpat|xox[abprs])[-_][A-Za-z0-9_-]{10,}",
        @"(AKIA|ASIA)[A-Z0-9]{16}",
        @"AIza[A-Za-z0-9_-]{30,}",
        @"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?",

        // A user in a URL; a secret in a query, a setting, or JSON within a string.
        @"://[^/@\s:]+:[^/@\s]+@",
        @"(?i)(password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|authorization)[""'\\]*\s*[:=]\s*[""'\\]*[^\s""'&;,\\]+",

        // Cards: 13 to 19 digits, also in groups.
        @"\b[0-9]([ -]?[0-9]){12,18}\b",
    ];

    private readonly string[] _names;
    private readonly Regex _patterns;

    public Redaction(IReadOnlyList<string> names, IReadOnlyList<string> patterns)
    {
        _names = [.. KnownNames, .. names.Select(Plain)];
        _patterns = new Regex(string.Join('|', KnownPatterns.Concat(patterns).Select(RedactionRules.AsGroup)), RedactionRules.Options);
    }

    /// <summary>The text without what must not be kept.</summary>
    public string Of(string text) => _patterns.Replace(text, Hidden);

    /// <summary>Writes JSON on one line, without what must not be kept.</summary>
    public void Write(Utf8Buffer buffer, ReadOnlySpan<byte> json)
    {
        using var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        while (reader.Read())
        {
            Write(writer, ref reader);
        }
    }

    private void Write(Utf8JsonWriter writer, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                var name = Text(ref reader);
                writer.WritePropertyName(Of(name));
                if (IsSecret(name))
                {
                    reader.Read();
                    reader.Skip();
                    writer.WriteStringValue(Hidden);
                }

                break;
            case JsonTokenType.String:
                writer.WriteStringValue(Of(Text(ref reader)));
                break;
            case JsonTokenType.Number:
                // A card's number is none of arithmetic's.
                var number = Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
                if (_patterns.IsMatch(number))
                {
                    writer.WriteStringValue(Hidden);
                }
                else
                {
                    writer.WriteRawValue(number, skipInputValidation: true);
                }

                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.WriteBooleanValue(reader.TokenType == JsonTokenType.True);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>The text of a string or a name; what is no valid Unicode is hidden, because no pattern can look at it.</summary>
    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Hidden;
        }
    }

    private bool IsSecret(string name)
    {
        var plain = Plain(name);
        return Array.Exists(_names, known => plain.Contains(known, StringComparison.Ordinal));
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
