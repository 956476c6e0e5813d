using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>What a browser has to be told so that a page of an allowed origin may use the endpoint.</summary>
internal static class CorsHeaders
{
    /// <summary>Writes the headers. The origin has been checked before.</summary>
    public static void Write(HttpContext http)
    {
        var origin = http.Request.Headers.Origin;
        if (origin.Count == 0)
        {
            return;
        }

        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "Mcp-Session-Id, MCP-Protocol-Version, Retry-After, WWW-Authenticate";
        if (http.Request.Method == "OPTIONS")
        {
            headers.AccessControlAllowMethods = "GET, POST, DELETE";

            // The names of Mcp-Param-* headers depend on the tools, so what the page asks for is what it may send.
            headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
            headers.AccessControlMaxAge = "600";
        }
    }
}
