using McpHub.Catalog;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <content>What the server lists only for clients with certain capabilities.</content>
internal sealed partial class Upstream
{
    private readonly SemaphoreSlim _declaredDue = new(0, 1);
    private volatile DeclaredOffers _declared = DeclaredOffers.Same;
    private int _isDeclaredStale;

    /// <summary>The sets of capabilities that it is asked about.</summary>
    public required DeclaredSets DeclaredSets { get; init; }

    /// <summary>What is known of it; while there is no connection, there is nothing to wait for.</summary>
    public DeclaredOffers Declared => _connection is null && !_declared.IsSettled ? _declared with { IsSettled = true } : _declared;

    /// <summary>There are other sets than there were.</summary>
    public void OnDeclared() => Signal(_declaredDue);

    /// <summary>What was read for sets of capabilities may be another by now.</summary>
    private void RenewDeclared()
    {
        Interlocked.Exchange(ref _isDeclaredStale, 1);
        Signal(_declaredDue);
    }

    /// <summary>
    /// Keeps the lists for sets of capabilities up to date until the connection is lost, or it is known that all see the same. Each set
    /// is read for itself: one that fails keeps what it had, and holds up no other.
    /// </summary>
    private async Task KeepDeclaredAsync(OpenedSession session, CancellationToken cancellationToken)
    {
        // All is read now, whatever was said before.
        _declaredDue.Wait(0, CancellationToken.None);
        Interlocked.Exchange(ref _isDeclaredStale, 0);
        try
        {
            // Only clients of 2026-07-28 have tasks in this form; to a legacy server sets with and without are the same.
            var tellable = session.Connection.Revision.IsModern() ? ClientFeatures.All : ClientFeatures.All & ~ClientFeatures.Tasks;
            var readings = new DeclaredReadings(tellable, _declared, _time);
            while (await ReadDueAsync(session, readings, cancellationToken))
            {
                await WaitAsync(_declaredDue, readings.Rest, cancellationToken);
                if (Interlocked.Exchange(ref _isDeclaredStale, 0) == 1)
                {
                    readings.Renew();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The connection is of no more use.
        }
        catch (Exception e)
        {
            // Nobody else sees this task fail; everybody sees then what clients without capabilities see.
            LogBroken(_logger, e, Name);
            PublishDeclared(DeclaredOffers.Same);
        }
    }

    /// <returns>Whether the lists depend on capabilities, or may do so.</returns>
    private async Task<bool> ReadDueAsync(OpenedSession session, DeclaredReadings readings, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (DeclaredSets.Current.Count == 0)
            {
                return true;
            }

            foreach (var gone in readings.Want(DeclaredSets.Current))
            {
                _interactive.Value.Retire(gone);
            }

            var declared = readings.Sum(_offer!);
            if (!declared.IsAs(_declared))
            {
                PublishDeclared(declared);
            }

            if (declared.IsSettled)
            {
                return false;
            }

            if (readings.NextDue() is not { } told)
            {
                return true;
            }

            await ReadDeclaredAsync(session, readings, told, cancellationToken);
        }
    }

    /// <summary>Asks what the server lists for clients with these capabilities.</summary>
    private async Task ReadDeclaredAsync(OpenedSession session, DeclaredReadings readings, ClientFeatures told, CancellationToken cancellationToken)
    {
        var reading = readings[told];
        try
        {
            var offer = await ReadOfferAsync(session, told, readings.IsProbe(told), reading.Offer ?? _offer!, cancellationToken);
            reading.Take(offer, isWhole: offer.Refused.Count == 0);
            if (offer.Refused.Count > 0)
            {
                LogDeclaredFailed(_logger, Name, $"It refuses {string.Join(", ", offer.Refused)}.");
            }
        }
        catch (Exception e) when (e is UpstreamException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            reading.Fail();
            LogDeclaredFailed(_logger, Name, e.Message);
        }
    }

    private async Task<ServerOffer> ReadOfferAsync(
        OpenedSession session, ClientFeatures told, bool isProbe, ServerOffer previous, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_settings.Gateway.Timeouts.Start);
        if (session.Connection.Revision.IsModern())
        {
            return await ListAsync(session, previous, timeout.Token, told);
        }

        // Capabilities belong to the session there (2025-11-25, "Lifecycle"); calls of such clients use it after us.
        using var apart = await _interactive.Value.RentAsync(told, null, _settings.Gateway.Timeouts.Input, timeout.Token);
        if (isProbe)
        {
            // Hardly any client will: over stdio it is a process that nobody needs.
            apart.Spend();
        }

        return await ListAsync(await apart.Opening, previous, timeout.Token);
    }

    private void PublishDeclared(DeclaredOffers declared)
    {
        _declared = declared;
        _ = ShowChangeAsync();
    }

    [LoggerMessage(166, LogLevel.Debug, "What server {Server} lists for clients with certain capabilities could not be read: {Reason}")]
    private static partial void LogDeclaredFailed(ILogger logger, string server, string reason);
}
