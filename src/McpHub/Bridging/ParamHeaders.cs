using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>The <c>Mcp-Param-*</c> headers that belong to the arguments of a call (SEP-2243).</summary>
internal static class ParamHeaders
{
    /// <summary>The headers for these arguments; an argument that is absent or null has none.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(IReadOnlyList<HeaderParameter> parameters, ReadOnlyMemory<byte> arguments)
    {
        if (arguments.IsEmpty)
        {
            return [];
        }

        using var document = JsonDocument.Parse(arguments, JsonDefaults.Document);
        var headers = new List<KeyValuePair<string, string>>(parameters.Count);
        foreach (var parameter in parameters)
        {
            if (Find(document.RootElement, parameter.Path) is { } value && TextOf(value) is { } text)
            {
                headers.Add(new(parameter.Header, HeaderValue.Encode(text)));
            }
        }

        return headers;
    }

    /// <summary>Compares one header with the argument that it repeats.</summary>
    /// <param name="header">The header's value, <see langword="null"/> if it isn't there.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Check(HeaderParameter parameter, string? header, JsonElement arguments)
    {
        var value = Find(arguments, parameter.Path) is { } found ? found : default;
        var text = value.ValueKind == JsonValueKind.Undefined ? null : TextOf(value);
        if (text is null)
        {
            // Nothing to compare with: the header must not be expected, and what is sent is the client's business.
            return null;
        }

        if (header is null)
        {
            return $"the header {parameter.Header} is missing";
        }

        if (!HeaderValue.TryDecode(header, out var decoded))
        {
            return $"the header {parameter.Header} is not valid Base64";
        }

        return decoded == text || (value.ValueKind == JsonValueKind.Number && AreEqualNumbers(decoded, text))
            ? null
            : $"the header {parameter.Header} differs from the argument '{string.Join('.', parameter.Path)}'";
    }

    private static JsonElement? Find(JsonElement arguments, IReadOnlyList<string> path)
    {
        try
        {
            foreach (var name in path)
            {
                if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(name, out arguments))
                {
                    return null;
                }
            }

            return arguments;
        }
        catch (InvalidOperationException)
        {
            // Beside it stands a name that is no valid Unicode, which the search stumbles over.
            return null;
        }
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        // What is no valid Unicode has no header that could carry it.
        JsonValueKind.String => JsonText.Decode(JsonMarshal.GetRawUtf8Value(value)),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.TryGetInt64(out var integer)
            ? integer.ToString(CultureInfo.InvariantCulture)
            : value.TryGetDecimal(out var number) && number == decimal.Truncate(number)
                ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture)
                : value.GetRawText(),
        _ => null,
    };

    private static bool AreEqualNumbers(string a, string b) =>
        decimal.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
        && decimal.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y) && x == y;
}
