using System.Text;
using System.Text.Unicode;

namespace McpHub.Protocol;

/// <summary>Values of <c>Mcp-Name</c> and <c>Mcp-Param-*</c>: as they are, or in the Base64 wrapping of SEP-2243.</summary>
internal static class HeaderValue
{
    private const string Prefix = "=?base64?";
    private const string Suffix = "?=";

    public static string Encode(string value) =>
        IsPlain(value) ? value : Prefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) + Suffix;

    /// <summary>The value that a header stands for.</summary>
    /// <returns><see langword="false"/> for bad Base64, or Base64 of something that is not UTF-8. What lacks a part of the wrapping is literal.</returns>
    public static bool TryDecode(string header, out string value)
    {
        value = header;
        if (!IsWrapped(header))
        {
            return true;
        }

        var base64 = header.AsSpan(Prefix.Length, header.Length - Prefix.Length - Suffix.Length);
        var bytes = new byte[base64.Length];

        // The decoder skips white space, which the standard alphabet does not have.
        if (base64.ContainsAny(" \t\r\n") || !Convert.TryFromBase64Chars(base64, bytes, out var length) || !Utf8.IsValid(bytes.AsSpan(0, length)))
        {
            return false;
        }

        value = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    private static bool IsWrapped(string value) =>
        value.Length >= Prefix.Length + Suffix.Length
        && value.StartsWith(Prefix, StringComparison.Ordinal) && value.EndsWith(Suffix, StringComparison.Ordinal);

    private static bool IsPlain(string value) =>
        !value.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && (value.Length == 0 || (value[0] != ' ' && value[^1] != ' '))
        && !IsWrapped(value);
}
