using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Composition.Conditions;

/// <summary>Compares JSON values by what they mean. An empty span is no value, which nothing equals.</summary>
internal static class JsonComparison
{
    public static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.IsEmpty || b.IsEmpty)
        {
            return false;
        }

        // The same bytes mean the same; of two kinds, nothing is equal. Both spare the decoding of nearly all that is compared.
        return a.SequenceEqual(b) || (KindOf(a) == KindOf(b) && JsonElement.DeepEquals(Parse(a), Parse(b)));
    }

    /// <returns>Less than 0, 0, or more; <see langword="null"/> if they can't be compared.</returns>
    public static int? Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.IsEmpty || b.IsEmpty || KindOf(a) != KindOf(b))
        {
            return null;
        }

        return KindOf(a) switch
        {
            '0' => JsonDecimal.Compare(a, b),
            '"' when JsonText.Decode(a) is { } left && JsonText.Decode(b) is { } right => string.CompareOrdinal(left, right),
            _ => null,
        };
    }

    private static char KindOf(ReadOnlySpan<byte> json) => (char)json[0] is '-' or (>= '0' and <= '9') ? '0' : (char)json[0];

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        return JsonElement.ParseValue(ref reader);
    }
}
