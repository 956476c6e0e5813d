using System.Text;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Http;

/// <summary>One prebuilt HTTP request, whose JSON-RPC id is overwritten before each sending. Belongs to one connection.</summary>
internal sealed class HttpRequestBytes
{
    private readonly byte[] _bytes;
    private readonly int _idOffset;

    private HttpRequestBytes(Uri endpoint, string mcpHeaders, byte[] body)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST {endpoint.AbsolutePath} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nContent-Type: application/json\r\n"
            + $"Accept: application/json, text/event-stream\r\n{mcpHeaders}Content-Length: {body.Length}\r\n\r\n");
        var id = body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(McpRequests.IdPlaceholder));
        _bytes = [.. head, .. body];
        _idOffset = id < 0 ? -1 : head.Length + id;
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The id's digits as they were last written.</summary>
    public ReadOnlySpan<byte> IdDigits => _bytes.AsSpan(_idOffset, McpRequests.IdPlaceholder.Length);

    /// <summary>The <c>initialize</c> of a legacy client.</summary>
    public static HttpRequestBytes Initialize(Uri endpoint) => new(endpoint, "", McpRequests.Initialize);

    /// <summary>What a legacy client says after <c>initialize</c>.</summary>
    public static HttpRequestBytes Initialized(Uri endpoint, string? session) =>
        new(endpoint, LegacyHeaders(session), McpRequests.Initialized);

    public static HttpRequestBytes For(Uri endpoint, LoadRequest request, string? session)
    {
        if (request.Era == McpEra.Legacy)
            return new HttpRequestBytes(endpoint, LegacyHeaders(session), request.Body);
        var name = request.Name is null ? "" : $"Mcp-Name: {request.Name}\r\n";
        return new HttpRequestBytes(
            endpoint, $"MCP-Protocol-Version: {McpVersions.Modern}\r\nMcp-Method: {request.Method}\r\n{name}", request.Body);
    }

    /// <summary>Writes an id of nine digits.</summary>
    public void SetId(int id)
    {
        for (var index = _idOffset + McpRequests.IdPlaceholder.Length - 1; index >= _idOffset; index--)
        {
            _bytes[index] = (byte)('0' + (id % 10));
            id /= 10;
        }
    }

    private static string LegacyHeaders(string? session) =>
        $"MCP-Protocol-Version: {McpVersions.Legacy}\r\n{(session is null ? "" : $"Mcp-Session-Id: {session}\r\n")}";
}
