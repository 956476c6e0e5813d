using System.Net;
using McpHub.Configuration;
using McpHub.Protocol;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>
/// Refuses requests that a web page made a browser send to a gateway on the user's machine (DNS rebinding; Streamable HTTP,
/// "Security Warning").
/// </summary>
/// <param name="config">Which names and origins are allowed.</param>
/// <param name="auth">Who may call; anybody if absent.</param>
internal sealed class OriginGuard(HttpConfig config, AuthConfig? auth = null)
{
    private readonly string _ownHost = HostOf(config.Url);

    private readonly string _resourceHost = Uri.TryCreate(auth?.Resource, UriKind.Absolute, out var resource) ? resource.Host : "";

    // A page that rebinds a name has no credential to send.
    private readonly bool _isOpen = config.AllowRemote || (auth?.IsRequired == true && !IsLoopback(HostOf(config.Url)));

    // Clients call by the same name again and again.
    private volatile string? _lastGoodHost;

    /// <summary>The configuration that it guards by.</summary>
    public HttpConfig Config { get; } = config;

    /// <inheritdoc cref="Config"/>
    public AuthConfig? Auth { get; } = auth;

    /// <returns>Why the request is refused, or <see langword="null"/>.</returns>
    public Failure? Check(HttpRequest request)
    {
        var host = request.Host;
        if (!string.Equals(host.Value, _lastGoodHost, StringComparison.Ordinal))
        {
            if (!IsAllowedHost(host.Host))
            {
                return new Failure(FailureKind.OriginDenied, $"The gateway is not known as '{host.Host}'; add the name to gateway.http.allowedHosts.");
            }

            _lastGoodHost = host.Value;
        }

        var origins = request.Headers.Origin;
        return origins.Count == 0 || IsAllowedOrigin(origins.ToString(), host)
            ? null
            : new Failure(FailureKind.OriginDenied, $"Pages of '{origins}' may not call the gateway; add the origin to gateway.http.allowedOrigins.");
    }

    public bool IsAllowedOrigin(string origin, HostString host)
    {
        foreach (var allowed in Config.AllowedOrigins)
        {
            if (allowed == "*" || string.Equals(allowed, origin, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && (IsLoopback(uri.Host) || string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private bool IsAllowedHost(string host)
    {
        if (IsLoopback(host)
            || string.Equals(host, _ownHost, StringComparison.OrdinalIgnoreCase)
            || (_resourceHost.Length > 0 && string.Equals(host, _resourceHost, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        // Whoever opens the gateway to other machines without naming it has to be reached by whatever name those use.
        return Config.AllowedHosts.Count == 0 ? _isOpen : Config.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
    }

    private static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : "localhost";

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
