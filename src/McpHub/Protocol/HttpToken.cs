using System.Buffers;

namespace McpHub.Protocol;

/// <summary>The <c>token</c> of RFC 9110 §5.6.2: what a header may be called.</summary>
internal static class HttpToken
{
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsValid(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Characters);
}
