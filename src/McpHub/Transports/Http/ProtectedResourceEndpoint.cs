using McpHub.Catalog;
using McpHub.Security.Authentication;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>Serves the metadata of the endpoints as protected resources (RFC 9728), to everybody: it says where to get a token.</summary>
internal sealed class ProtectedResourceEndpoint(CatalogStore catalog, Authenticator authenticator)
{
    public async Task HandleAsync(HttpContext http)
    {
        var config = catalog.Current.Config.Gateway;
        if (new OriginGuard(config.Http, config.Auth).Check(http.Request) is not null)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        CorsHeaders.Write(http);
        if (http.Request.Method == "OPTIONS")
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (http.Request.Method is not ("GET" or "HEAD"))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET";
            return;
        }

        var path = http.Request.RouteValues["path"] is string { Length: > 0 } below ? "/" + below : "";
        if (authenticator.Model?.Resources.At(path) is not { Metadata.Length: > 0 } resource)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = resource.Metadata.Length;
        if (http.Request.Method == "GET")
        {
            await http.Response.Body.WriteAsync(resource.Metadata, http.RequestAborted);
        }
    }
}
