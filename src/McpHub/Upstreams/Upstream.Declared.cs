using McpHub.Catalog;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <content>What the server lists only for clients with certain capabilities.</content>
internal sealed partial class Upstream
{
    // Over stdio each try is a process.
    private static readonly TimeSpan FirstDeclaredPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestDeclaredPause = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim _declaredDue = new(0, 1);
    private volatile DeclaredOffers _declared = DeclaredOffers.Same;
    private volatile bool _isDeclaredStale;

    /// <summary>The sets of capabilities that it is asked about.</summary>
    public required DeclaredSets DeclaredSets { get; init; }

    /// <summary>What is known of it; while there is no connection, there is nothing to wait for.</summary>
    public DeclaredOffers Declared => _connection is null && !_declared.IsSettled ? _declared with { IsSettled = true } : _declared;

    /// <summary>There are more sets than there were.</summary>
    public void OnDeclared() => Signal(_declaredDue);

    /// <summary>
    /// Keeps the lists for sets of capabilities up to date until the connection is lost. First the server is asked what it lists for
    /// clients that can do everything: if that is what all see, it is never asked again.
    /// </summary>
    private async Task KeepDeclaredAsync(OpenedSession session, CancellationToken cancellationToken)
    {
        _declaredDue.Wait(0, CancellationToken.None);
        _isDeclaredStale = false;
        try
        {
            var isStale = true;
            var pause = FirstDeclaredPause;
            for (var depends = (bool?)null; depends != false;)
            {
                if (DeclaredSets.Current.Count > 0)
                {
                    depends = await ReadDeclaredAsync(session, depends, isStale, cancellationToken);
                }

                // What is stale now has failed, or is signalled already.
                var hasFailed = _isDeclaredStale;
                await WhenDeclaredIsDueAsync(hasFailed ? pause : Timeout.InfiniteTimeSpan, cancellationToken);
                pause = hasFailed ? TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestDeclaredPause.Ticks)) : FirstDeclaredPause;
                isStale = _isDeclaredStale;
                _isDeclaredStale = false;
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

    private async Task WhenDeclaredIsDueAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var due = _declaredDue.WaitAsync(ended.Token);
        await Task.WhenAny(due, Task.Delay(limit, _time, ended.Token));
        await ended.CancelAsync();
        await due.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <param name="depends">Whether the server's lists depend on capabilities, if that is known.</param>
    /// <param name="isStale">Whether what was read before is to be read again.</param>
    /// <returns>The same, as it is known then.</returns>
    private async Task<bool?> ReadDeclaredAsync(OpenedSession session, bool? depends, bool isStale, CancellationToken cancellationToken)
    {
        var read = new Dictionary<ClientFeatures, ServerOffer>();
        try
        {
            if (depends is null)
            {
                read[ClientFeatures.All] = await ReadOfferAsync(session, ClientFeatures.All, cancellationToken);
                depends = !DeclaredOffers.AreSame(read[ClientFeatures.All], _offer!);
            }

            if (depends == false)
            {
                PublishDeclared(DeclaredOffers.Same);
                return false;
            }

            var known = _declared;
            foreach (var features in DeclaredSets.Current)
            {
                if (!read.ContainsKey(features))
                {
                    read[features] = !isStale && known.Read.Contains(features)
                        ? known.Differing.GetValueOrDefault(features) ?? _offer!
                        : await ReadOfferAsync(session, features, cancellationToken);
                }
            }

            if (!DeclaredSets.Current.Contains(ClientFeatures.All))
            {
                read.Remove(ClientFeatures.All);
            }

            PublishDeclared(DeclaredOffers.Of(_offer!, read));
        }
        catch (Exception e) when (e is UpstreamException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // What was read before stays, and is tried again.
            LogDeclaredFailed(_logger, Name, e.Message);
            _isDeclaredStale = true;
            PublishDeclared(_declared with { IsSettled = true });
        }

        return depends;
    }

    /// <summary>Asks what the server offers clients with these capabilities.</summary>
    private async Task<ServerOffer> ReadOfferAsync(OpenedSession session, ClientFeatures features, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_settings.Gateway.Timeouts.Start);
        if (session.Connection.Revision.IsModern())
        {
            return await ListAsync(session, timeout.Token, features);
        }

        // Capabilities belong to the session there (2025-11-25, "Lifecycle"); calls of such clients use it after us.
        using var apart = await _interactive.Value.RentAsync(features & ~ClientFeatures.Tasks, null, _settings.Gateway.Timeouts.Input, timeout.Token);
        if (features == ClientFeatures.All)
        {
            // Hardly any client will: over stdio it is a process that nobody needs.
            apart.Spend();
        }

        return await ListAsync(await apart.Opening, timeout.Token);
    }

    private void PublishDeclared(DeclaredOffers declared)
    {
        _declared = declared;
        Changed?.Invoke();
    }

    [LoggerMessage(162, LogLevel.Debug, "What server {Server} lists for clients with certain capabilities could not be read: {Reason}")]
    private static partial void LogDeclaredFailed(ILogger logger, string server, string reason);
}
