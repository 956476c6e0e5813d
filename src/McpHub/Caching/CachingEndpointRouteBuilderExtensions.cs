using System.Globalization;
using System.Net;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Transports.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps where the gateway's cache is told what has changed.</summary>
public static class CachingEndpointRouteBuilderExtensions
{
    private const int LargestBody = 64 * 1024;

    /// <summary>
    /// Maps a POST at <c>gateway.cache.invalidationPath</c> that drops cached results by tag, by tool, or all of them; nothing where the
    /// setting is absent. Only programs on this machine are answered.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddMcpHub()</c> has not been called.</exception>
    public static IEndpointConventionBuilder MapMcpHubCacheInvalidation(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var cache = services.GetService<ResultCache>()
            ?? throw new InvalidOperationException("MapMcpHubCacheInvalidation() needs the gateway's services: call builder.Services.AddMcpHub() first.");
        var group = endpoints.MapGroup("");
        if (services.GetRequiredService<HubConfig>().Gateway.Cache.InvalidationPath is { } path)
        {
            var catalog = services.GetRequiredService<CatalogStore>();
            group.MapPost(path, http => AnswerAsync(http, cache, catalog.Current.Config.Gateway.Http)).WithDisplayName("Cache invalidation");
        }

        return group;
    }

    private static async Task AnswerAsync(HttpContext http, ResultCache cache, HttpConfig config)
    {
        // A connection without an address is none of the network: a pipe, or a test.
        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
        {
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "Only programs on the gateway's own machine may invalidate its cache.");
            return;
        }

        if (new OriginGuard(config).Check(http.Request) is { } denied)
        {
            await RefuseAsync(http, StatusCodes.Status403Forbidden, denied.Message);
            return;
        }

        if (!http.Request.HasJsonContentType())
        {
            await RefuseAsync(http, StatusCodes.Status415UnsupportedMediaType, "The content type has to be application/json.");
            return;
        }

        if (await ReadAsync(http) is not { } body)
        {
            await RefuseAsync(http, StatusCodes.Status413PayloadTooLarge, $"The body is larger than {LargestBody} bytes.");
            return;
        }

        if (!IsJson(body))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "The body is not JSON.");
            return;
        }

        if (CacheInvalidationRequest.TryRead(body, out var change) is { } problem)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, problem);
            return;
        }

        var removed = cache.Invalidate(change);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"removed":{{removed}}}"""), http.RequestAborted);
    }

    private static async Task<byte[]?> ReadAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[4096];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
        {
            if (buffer.Length + read > LargestBody)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static bool IsJson(byte[] body)
    {
        var reader = new System.Text.Json.Utf8JsonReader(body, new System.Text.Json.JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        try
        {
            var any = false;
            while (reader.Read())
            {
                any = true;
            }

            return any;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static Task RefuseAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(message + "\n", http.RequestAborted);
    }
}
