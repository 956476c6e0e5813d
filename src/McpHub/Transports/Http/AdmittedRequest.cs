using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>A request that has been looked at from outside: it may come from where it comes from, and it is known who sends it.</summary>
/// <param name="Http">The request.</param>
/// <param name="Endpoint">The server whose endpoint it is for; empty for that of all.</param>
/// <param name="Config">The settings that were live when it came.</param>
/// <param name="View">What is behind that endpoint.</param>
/// <param name="Caller">Who sends it.</param>
internal readonly record struct AdmittedRequest(HttpContext Http, string Endpoint, GatewayConfig Config, CatalogView View, Caller Caller);
