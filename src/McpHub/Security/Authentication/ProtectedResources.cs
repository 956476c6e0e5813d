using System.Collections.Frozen;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Security.Authentication;

/// <summary>The endpoints as resources of OAuth: that of all servers, and one for each server. Immutable.</summary>
internal sealed class ProtectedResources
{
    private readonly FrozenDictionary<string, ProtectedResource> _servers;
    private readonly FrozenDictionary<string, ProtectedResource> _byPath;

    public ProtectedResources(HubConfig config)
    {
        var auth = config.Gateway.Auth;
        var uri = RootUri(config);
        Root = new ProtectedResource(uri, Write(config, uri));
        _servers = config.Upstreams.Where(upstream => !upstream.Disabled)
            .Select(upstream => ServerPath.From(upstream.Name))
            .ToFrozenDictionary(server => server, server => Of(config, $"{uri}/{server}"), StringComparer.OrdinalIgnoreCase);

        // Behind a proxy the path may be another one than the gateway's own; clients may come with either.
        var http = config.Gateway.Http.Path;
        _byPath = _servers
            .SelectMany(server => new[] { ($"{Root.Path}/{server.Key}", server.Value), ($"{http}/{server.Key}", server.Value) })
            .Concat([("", Root), (Root.Path, Root), (http, Root)])
            .DistinctBy(entry => entry.Item1, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(entry => entry.Item1, entry => entry.Item2, StringComparer.OrdinalIgnoreCase);
        Scopes = auth.Scopes;
    }

    /// <summary>The endpoint of all servers.</summary>
    public ProtectedResource Root { get; }

    /// <summary>What clients are told to ask for at first.</summary>
    public IReadOnlyList<string> Scopes { get; }

    /// <summary>The URI of the endpoint of all servers, in canonical form.</summary>
    public static string RootUri(HubConfig config) =>
        ResourceUri.Canonical(config.Gateway.Auth.Resource ?? config.Gateway.Http.Url.TrimEnd('/') + config.Gateway.Http.Path);

    /// <summary>The endpoint of a server; that of all for a name that no server has, which is told to callers of that one only.</summary>
    public ProtectedResource Of(string server) => server.Length == 0 ? Root : _servers.GetValueOrDefault(server, Root);

    /// <summary>The endpoint whose metadata is asked for, by what follows the well-known path.</summary>
    public ProtectedResource? At(string path) => _byPath.GetValueOrDefault(path.TrimEnd('/'));

    private static ProtectedResource Of(HubConfig config, string uri) => new(uri, Write(config, uri));

    /// <summary>Protected Resource Metadata (RFC 9728, section 2). It has to name an authorization server.</summary>
    private static byte[] Write(HubConfig config, string uri)
    {
        var auth = config.Gateway.Auth;
        var issuers = auth.Issuers.Where(issuer => issuer.Key is null && System.Uri.IsWellFormedUriString(issuer.Issuer, UriKind.Absolute)).ToArray();
        if (issuers.Length == 0)
        {
            return [];
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonDefaults.Writer))
        {
            json.WriteStartObject();
            json.WriteString("resource", uri);
            WriteAll(json, "authorization_servers", issuers.Select(issuer => issuer.Issuer));
            if (auth.Scopes.Count > 0)
            {
                WriteAll(json, "scopes_supported", auth.Scopes);
            }

            WriteAll(json, "bearer_methods_supported", ["header"]);
            json.WriteString("resource_name", config.Gateway.Name);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteAll(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
