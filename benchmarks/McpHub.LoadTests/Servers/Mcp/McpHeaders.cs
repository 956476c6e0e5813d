using System.Buffers.Text;
using System.Text;

namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>The headers that have to agree with the body of an HTTP request; <c>default</c> for a line on stdin.</summary>
internal readonly struct McpHeaders(string? version, string? method, string? name)
{
    private const string EncodedPrefix = "=?base64?";
    private const string EncodedSuffix = "?=";

    /// <summary>Whether there are headers at all.</summary>
    public bool AreThere { get; } = true;

    public string? Version { get; } = version;

    public bool VersionIs(ReadOnlySpan<byte> value) => Version is not null && Ascii.Equals(value, Version);

    public bool MethodIs(ReadOnlySpan<byte> value) => method is not null && Ascii.Equals(value, method);

    public bool NameIs(ReadOnlySpan<byte> value)
    {
        if (name is null)
            return false;
        if (!name.StartsWith(EncodedPrefix, StringComparison.Ordinal) || !name.EndsWith(EncodedSuffix, StringComparison.Ordinal))
            return Ascii.Equals(value, name);

        var encoded = Encoding.UTF8.GetBytes(name[EncodedPrefix.Length..^EncodedSuffix.Length]);
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return Base64.DecodeFromUtf8(encoded, decoded, out _, out var written) == System.Buffers.OperationStatus.Done
            && value.SequenceEqual(decoded.AsSpan(0, written));
    }
}
