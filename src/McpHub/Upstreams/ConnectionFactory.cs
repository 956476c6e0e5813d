using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Upstreams.Http;
using McpHub.Upstreams.Stdio;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>Opens sessions with one server, over whatever it is configured with.</summary>
internal sealed class ConnectionFactory(UpstreamConfig config, GatewayConfig gateway, IUpstreamEvents events, TimeProvider time, ILogger logger)
{
    private readonly SessionOpener _opener = new(gateway.Timeouts.Probe);

    /// <summary>What a legacy server is told of its client.</summary>
    public ClientFeatures Declared { get; init; }

    /// <summary>The one client that the sessions are for; <see langword="null"/> for more than one.</summary>
    public SessionInputs? Owner { get; init; }

    public async Task<OpenedSession> OpenAsync(bool probe, CancellationToken cancellationToken)
    {
        switch (config.Transport)
        {
            case StdioTransportConfig stdio:
                return await OpenStdioAsync(stdio, probe, cancellationToken);
            case HttpTransportConfig { Flavour: HttpFlavour.Sse } http:
                return await OpenSseAsync(http, cancellationToken);
            case HttpTransportConfig http:
                return await OpenHttpAsync(http, probe, cancellationToken);
            default:
                throw new InvalidOperationException($"A transport without a connection: {config.Transport.GetType().Name}.");
        }
    }

    private async Task<OpenedSession> OpenStdioAsync(StdioTransportConfig stdio, bool probe, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(Start(), probe, cancellationToken);
        }
        catch (ProbeEndedServerException)
        {
            return await OpenAsync(Start(), probe: false, cancellationToken);
        }

        StdioConnection Start() =>
            new(config.Name, stdio, gateway.Sizes.Response, events, time, logger) { Declared = Declared, Owner = Owner };
    }

    private async Task<OpenedSession> OpenHttpAsync(HttpTransportConfig http, bool probe, CancellationToken cancellationToken)
    {
        var connection = new StreamableHttpConnection(config.Name, Client(http), gateway.Sizes.Response, gateway.Timeouts.Start, events, logger)
        {
            Declared = Declared,
            Owner = Owner,
        };
        try
        {
            var session = await _opener.OpenAsync(connection, probe, cancellationToken);
            connection.Reopen = token => SessionOpener.InitializeAsync(connection, connection.Revision, token);
            return session;
        }
        catch (UpstreamException e) when (http.Flavour == HttpFlavour.Auto && e.HttpStatus is 400 or 404 or 405 or 406 or 415)
        {
            await connection.DisposeAsync();
            try
            {
                return await OpenSseAsync(http, cancellationToken);
            }
            catch (UpstreamException)
            {
                // What the newer transport said is the better reason: most servers have it.
                throw e;
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<OpenedSession> OpenSseAsync(HttpTransportConfig http, CancellationToken cancellationToken)
    {
        var connection = new SseConnection(config.Name, Client(http), gateway.Sizes.Response, events, logger)
        {
            Declared = Declared,
            Owner = Owner,
        };
        try
        {
            await connection.OpenAsync(cancellationToken);

            // The transport itself is evidence of a legacy server.
            return await SessionOpener.InitializeAsync(connection, Revisions.LatestLegacy, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<OpenedSession> OpenAsync(UpstreamConnection connection, bool probe, CancellationToken cancellationToken)
    {
        try
        {
            return await _opener.OpenAsync(connection, probe, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private HttpUpstreamClient Client(HttpTransportConfig http) => new(http, gateway.Timeouts.Start);
}
