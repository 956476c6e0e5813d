using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>
/// Finds out which era a server belongs to, and greets it accordingly (2026-07-28, "Versioning and compatibility").
/// </summary>
/// <remarks>
/// The probe is <c>server/discover</c>, which every modern server answers. What is evidence of a legacy server: any JSON-RPC error
/// that isn't a modern one, an HTTP 4xx without a modern error, silence over stdio, and a child that ends at the probe (some servers
/// end at whatever comes before <c>initialize</c>). Not evidence: 401 and 403, 5xx, no connection.
/// </remarks>
internal sealed class SessionOpener(TimeSpan probeTimeout)
{
    /// <summary>Opens a session.</summary>
    /// <param name="connection">A fresh connection.</param>
    /// <param name="probe">Whether to probe; <see langword="false"/> for a server that is known to be a legacy one.</param>
    /// <exception cref="UpstreamException">The server is not there, or speaks no revision that the gateway knows.</exception>
    /// <exception cref="ProbeEndedServerException">The server ended at the probe: to be started anew, without.</exception>
    public async Task<OpenedSession> OpenAsync(UpstreamConnection connection, bool probe, CancellationToken cancellationToken)
    {
        var revision = Revisions.LatestLegacy;
        if (probe)
        {
            var (session, best) = await ProbeAsync(connection, cancellationToken);
            if (session is not null)
            {
                return session;
            }

            revision = best;
        }

        return await InitializeAsync(connection, revision, cancellationToken);
    }

    /// <summary>Greets a legacy server.</summary>
    public static async Task<OpenedSession> InitializeAsync(UpstreamConnection connection, Revision revision, CancellationToken cancellationToken)
    {
        connection.Revision = revision;
        using var call = GatewayRequests.Initialize(connection.NextId(), revision, connection.Declared);
        using var reply = await connection.SendAsync(call, cancellationToken);
        if (reply.IsError)
        {
            throw new UpstreamException(FailureKind.UpstreamProtocol, $"The server refused 'initialize': {ErrorMessage(reply)}");
        }

        var result = ServerGreeting.Read(reply.Result.Span, isInitialize: true);
        if (!Revisions.TryParse(result.ProtocolVersion, out var negotiated) || negotiated.IsModern())
        {
            throw new UpstreamException(FailureKind.UpstreamProtocol, $"The server chose the revision '{result.ProtocolVersion}', which the gateway does not know.");
        }

        connection.Revision = negotiated;
        await connection.PostAsync(GatewayRequests.Initialized(), cancellationToken);
        return new OpenedSession(connection, result.Features, result.ServerVersion, result.Instructions, CacheHints.None);
    }

    private async Task<(OpenedSession? Session, Revision BestLegacy)> ProbeAsync(UpstreamConnection connection, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(probeTimeout);
        connection.Revision = Revisions.Latest;
        try
        {
            for (var isAgain = false; ; isAgain = true)
            {
                using var call = GatewayRequests.Discover(connection.NextId());
                using var reply = await connection.SendAsync(call, timeout.Token);
                if (!reply.IsError)
                {
                    return OfResult(connection, reply);
                }

                // A server that refuses what it lists is asked once more.
                if (isAgain || reply.ErrorCode != McpErrorCodes.UnsupportedProtocolVersion || !ListsLatest(ServerGreeting.SupportedIn(reply.Error.Span)))
                {
                    return (null, OfError(reply));
                }
            }
        }
        catch (UpstreamException e) when (e.HttpStatus is 400 or 404 or 405 or 406 or 415)
        {
            return (null, Revisions.LatestLegacy);
        }
        catch (UpstreamException e) when (connection is SharedStreamConnection { IsLost: true })
        {
            throw new ProbeEndedServerException(e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && connection is SharedStreamConnection)
        {
            // A server over stdio that doesn't know the method may just be silent.
            return (null, Revisions.LatestLegacy);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamException(FailureKind.UpstreamUnavailable, $"The server did not answer within {probeTimeout.TotalSeconds:0.#} s.", e);
        }
    }

    private static (OpenedSession? Session, Revision BestLegacy) OfResult(UpstreamConnection connection, UpstreamReply reply)
    {
        var result = ServerGreeting.Read(reply.Result.Span, isInitialize: false);
        return ListsLatest(result.SupportedVersions)
            ? (new OpenedSession(connection, result.Features, result.ServerVersion, result.Instructions, result.Hints), default)
            : (null, BestLegacy(result.SupportedVersions));
    }

    private static Revision OfError(UpstreamReply reply)
    {
        switch (reply.ErrorCode)
        {
            case McpErrorCodes.UnsupportedProtocolVersion:
                var supported = ServerGreeting.SupportedIn(reply.Error.Span);
                return supported.Count == 0 || supported.Any(v => !Revisions.IsModernText(v))
                    ? BestLegacy(supported)
                    : throw new UpstreamException(FailureKind.UpstreamProtocol, ListsLatest(supported)
                        ? $"The server refuses the revision {Revisions.Latest.Text()}, which it lists as one that it speaks."
                        : $"The server speaks only {string.Join(", ", supported)}, which the gateway does not know.");
            case McpErrorCodes.HeaderMismatch or McpErrorCodes.MissingClientCapability:
                // Only a modern server has these codes; what it finds missing is for its operator to say.
                throw new UpstreamException(FailureKind.UpstreamProtocol, $"The server refused 'server/discover': {ErrorMessage(reply)}");
            default:
                return Revisions.LatestLegacy;
        }
    }

    private static bool ListsLatest(IReadOnlyList<string> supported) => supported.Contains(Revisions.Latest.Text());

    private static Revision BestLegacy(IReadOnlyList<string> supported)
    {
        foreach (var revision in Revisions.All)
        {
            if (!revision.IsModern() && supported.Contains(revision.Text()))
            {
                return revision;
            }
        }

        return Revisions.LatestLegacy;
    }

    private static string ErrorMessage(UpstreamReply reply) =>
        reply.ErrorMessage is { } text ? LogText.Clean(text) : $"error {reply.ErrorCode}";
}
