using System.Text;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Http;

/// <summary>One prebuilt HTTP request, whose JSON-RPC id is overwritten before each sending. Belongs to one connection.</summary>
internal sealed class HttpRequestBytes
{
    private readonly byte[] _bytes;
    private readonly int _idOffset;
    private readonly int _keyOffset;

    private HttpRequestBytes(Uri endpoint, LoadRequest request, string mcpHeaders, byte[] body)
    {
        var token = request.Token is null ? "" : $"Authorization: Bearer {request.Token}\r\n";
        var head = Encoding.ASCII.GetBytes(
            $"POST {endpoint.AbsolutePath} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nContent-Type: application/json\r\n"
            + $"Accept: application/json, text/event-stream\r\n{token}{mcpHeaders}Content-Length: {body.Length}\r\n\r\n");
        var id = body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(McpRequests.IdPlaceholder));
        _bytes = [.. head, .. body];
        _idOffset = id < 0 ? -1 : head.Length + id;
        var key = body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(McpRequests.KeyPlaceholder));
        _keyOffset = key < 0 ? -1 : head.Length + key;
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The id's digits as they were last written.</summary>
    public ReadOnlySpan<byte> IdDigits => _bytes.AsSpan(_idOffset, McpRequests.IdPlaceholder.Length);

    /// <summary>The key as it was last written; empty if the request has none.</summary>
    public ReadOnlySpan<byte> Key => _keyOffset < 0 ? default : _bytes.AsSpan(_keyOffset, McpRequests.KeyPlaceholder.Length);

    /// <summary>The <c>initialize</c> of a legacy client.</summary>
    public static HttpRequestBytes Initialize(Uri endpoint, LoadRequest request) => new(endpoint, request, "", McpRequests.Initialize);

    /// <summary>What a legacy client says after <c>initialize</c>.</summary>
    public static HttpRequestBytes Initialized(Uri endpoint, LoadRequest request, string? session) =>
        new(endpoint, request, LegacyHeaders(session), McpRequests.Initialized);

    public static HttpRequestBytes For(Uri endpoint, LoadRequest request, string? session)
    {
        if (request.Era == McpEra.Legacy)
            return new HttpRequestBytes(endpoint, request, LegacyHeaders(session), request.Body);
        var name = request.Name is null ? "" : $"Mcp-Name: {request.Name}\r\n";
        return new HttpRequestBytes(
            endpoint, request, $"MCP-Protocol-Version: {McpVersions.Modern}\r\nMcp-Method: {request.Method}\r\n{name}", request.Body);
    }

    /// <summary>Writes an id of nine digits.</summary>
    public void SetId(int id) => WriteDigits(_bytes.AsSpan(_idOffset, McpRequests.IdPlaceholder.Length), id);

    /// <summary>Writes a key of up to five digits behind its sign.</summary>
    public void SetKey(int key) => WriteDigits(_bytes.AsSpan(_keyOffset + 1, McpRequests.KeyPlaceholder.Length - 1), key);

    private static void WriteDigits(Span<byte> digits, int number)
    {
        for (var index = digits.Length - 1; index >= 0; index--)
        {
            digits[index] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }

    private static string LegacyHeaders(string? session) =>
        $"MCP-Protocol-Version: {McpVersions.Legacy}\r\n{(session is null ? "" : $"Mcp-Session-Id: {session}\r\n")}";
}
