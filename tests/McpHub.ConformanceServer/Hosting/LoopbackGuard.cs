using System.Net;
using Microsoft.AspNetCore.Http;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>
/// Refuses requests that a browser was tricked into sending here: a page that rebinds its own name to this machine still sends
/// that name as <c>Host</c> and <c>Origin</c>.
/// </summary>
internal static class LoopbackGuard
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (IsLoopback(context.Request.Host.Host) && IsLoopbackOrigin(context.Request.Headers.Origin))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static bool IsLoopbackOrigin(string? origin) =>
        string.IsNullOrEmpty(origin) || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopback(uri.Host));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
