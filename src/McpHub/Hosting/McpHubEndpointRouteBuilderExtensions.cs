using McpHub.Configuration;
using McpHub.Security.Authentication;
using McpHub.Transports.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps a gateway's endpoints.</summary>
public static class McpHubEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Answers the requests to the MCP endpoint at the configured path (<c>/mcp</c>) at this place of the pipeline, without routing and
    /// what hangs on it. Whatever else <see cref="MapMcpHub"/> maps is left to that. Call <c>UseRouting()</c> after it.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddMcpHub()</c> has not been called.</exception>
    public static IApplicationBuilder UseMcpHub(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var endpoint = EndpointOf(app.ApplicationServices, nameof(UseMcpHub));
        var path = app.ApplicationServices.GetRequiredService<HubConfig>().Gateway.Http.Path;
        return app.Use(next => http =>
            string.Equals(http.Request.Path.Value, path, StringComparison.OrdinalIgnoreCase) ? endpoint.HandleRootAsync(http) : next(http));
    }

    /// <summary>
    /// Maps the MCP endpoint at the configured path (<c>/mcp</c>), and below it one for each server under the server's own names
    /// (<c>/mcp/SERVER</c>). Beside each, <c>sse</c> and <c>message</c> serve clients that only speak HTTP+SSE of 2024-11-05.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddMcpHub()</c> has not been called.</exception>
    public static IEndpointConventionBuilder MapMcpHub(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var endpoint = EndpointOf(endpoints.ServiceProvider, nameof(MapMcpHub));
        var path = endpoints.ServiceProvider.GetRequiredService<HubConfig>().Gateway.Http.Path;
        var group = endpoints.MapGroup(path);
        group.Map("", endpoint.HandleRootAsync).WithDisplayName("MCP");
        group.Map("{server}", endpoint.HandleServerAsync).WithDisplayName("MCP, one server");
        group.Map("sse", endpoint.HandleSseAsync).WithDisplayName("MCP over HTTP+SSE");
        group.Map("message", endpoint.HandleMessageAsync).WithDisplayName("MCP over HTTP+SSE, messages");
        group.Map("{server}/sse", endpoint.HandleSseAsync).WithDisplayName("MCP over HTTP+SSE, one server");
        group.Map("{server}/message", endpoint.HandleMessageAsync).WithDisplayName("MCP over HTTP+SSE, one server, messages");
        var metadata = endpoints.ServiceProvider.GetRequiredService<ProtectedResourceEndpoint>();
        endpoints.Map(ProtectedResource.WellKnown + "/{**path}", metadata.HandleAsync).WithDisplayName("MCP, protected resource metadata");
        return group;
    }

    private static McpEndpoint EndpointOf(IServiceProvider services, string caller) => services.GetService<McpEndpoint>()
        ?? throw new InvalidOperationException($"{caller}() needs the gateway's services: call builder.Services.AddMcpHub() first.");
}
