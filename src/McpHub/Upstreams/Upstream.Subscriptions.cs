using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Upstreams;

/// <content>What the server says of its changes, and what it is asked to say.</content>
internal sealed partial class Upstream
{
    // Some servers send no headers of their stream before they have something to say: what they tell then has their lists read again.
    private static readonly TimeSpan HearingLimit = TimeSpan.FromMilliseconds(500);

    private readonly WantedResources _wanted = new();
    private volatile bool _wasServed;
    private int _changedLists;
    private int _announced;
    private int _isUncertain;

    /// <summary>Raised, on whatever thread, with the URI of a resource that has changed.</summary>
    public event Action<Upstream, string>? ResourceUpdated;

    /// <summary>How many resources the server is asked to tell of.</summary>
    public int SubscriptionCount => _wanted.Count;

    public Task<Failure?> SubscribeAsync(string uri) => _wanted.Add(uri);

    public void Unsubscribe(string uri) => _wanted.Remove(uri);

    /// <summary>The lists that clients have to be told of, now that <see cref="Offer"/> has what is in them. Each is handed out once.</summary>
    public ListKinds TakeAnnounced() => (ListKinds)Interlocked.Exchange(ref _announced, 0);

    public void OnListChanged(ListMember list) => OnListsChanged(ListChanges.Of(list));

    public void OnResourceUpdated(string uri) => ResourceUpdated?.Invoke(this, uri);

    public void OnHeard()
    {
        // Clients are told of what is another, and of nothing else: most often nothing has changed in that moment.
        Interlocked.Exchange(ref _isUncertain, 1);
        Signal(_listsChanged);
    }

    public void OnUnheard(bool isNewSession)
    {
        OnListsChanged(ListKinds.All);
        if (isNewSession)
        {
            // They are told of when the new session has them.
            _wanted.Renew();
            return;
        }

        Array.ForEach(_wanted.Read(out _, out _), OnResourceUpdated);
    }

    /// <summary>The lists are about to be read: what was said before is in them.</summary>
    private void ForgetChanges()
    {
        Interlocked.Exchange(ref _isUncertain, 0);
        Interlocked.Exchange(ref _changedLists, (int)ListKinds.None);
    }

    private void OnListsChanged(ListKinds lists)
    {
        Interlocked.Or(ref _changedLists, (int)lists);

        // A flood of notifications is one refresh.
        Signal(_listsChanged);
    }

    /// <summary>Keeps the lists up to date until the connection is lost.</summary>
    /// <returns>Why it is.</returns>
    private async Task<string> KeepUpAsync(OpenedSession session)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var declaring = KeepDeclaredAsync(session, ended.Token);
        try
        {
            return await RefreshUntilClosedAsync(session);
        }
        finally
        {
            await ended.CancelAsync();
            await declaring;
        }
    }

    /// <summary>Listens to the server, and keeps the subscriptions up to date, until it is cancelled. Never fails.</summary>
    /// <param name="session">The session.</param>
    /// <param name="served">Completes when requests of clients reach the server: sooner, nobody can read what they are told has changed.</param>
    /// <param name="hearing">Completes when it is heard what the server says of its lists, or known that it says nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private Task Listen(OpenedSession session, Task served, out Task hearing, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (connection.Revision.IsModern())
        {
            var listening = new ListenSubscriptions(Name, connection, _wanted, this, served, _time, _logger);
            hearing = listening.Hearing;
            return KeepSubscribedAsync(
                connection,
                Task.CompletedTask,
                async token =>
                {
                    await using (listening)
                    {
                        await listening.RunAsync(token);
                    }
                },
                cancellationToken);
        }

        connection.StartListening();
        hearing = connection.Hearing;
        var subscriptions = new SessionSubscriptions(Name, connection, session.Features, _wanted, OnResourceUpdated, _time, _logger);
        return KeepSubscribedAsync(connection, served, subscriptions.RunAsync, cancellationToken);
    }

    private async Task KeepSubscribedAsync(UpstreamConnection connection, Task begin, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await begin.WaitAsync(cancellationToken);
            _wanted.Start();
            await run(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The connection is of no more use.
        }
        catch (Exception e)
        {
            // Nobody else sees this task fail; a new connection begins anew.
            LogBroken(_logger, e, Name);
            connection.Close("The gateway failed to keep its subscriptions; see the log.");
        }
        finally
        {
            _wanted.Stop();
        }
    }

    private async Task<string> RefreshUntilClosedAsync(OpenedSession session)
    {
        var closed = session.Connection.Closed;
        var pace = new RefreshPace(_time);
        var freshness = new ListFreshness(_time);
        freshness.Listed(_offer!);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        while (true)
        {
            var due = WhenRefreshIsDueAsync(pace, freshness, ended.Token);
            if (await Task.WhenAny(closed, due) == closed || _stopping.IsCancellationRequested)
            {
                await ended.CancelAsync();
                await due.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return closed.IsCompleted ? await closed : "The gateway stops.";
            }

            if (await RefreshAsync(session, freshness))
            {
                pace.Done();
            }
        }
    }

    private async Task WhenRefreshIsDueAsync(RefreshPace pace, ListFreshness freshness, CancellationToken cancellationToken)
    {
        await WaitAsync(_listsChanged, freshness.Rest, cancellationToken);
        if (pace.Next() is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, _time, cancellationToken);
        }
    }

    /// <returns>Whether the server has said that they have changed.</returns>
    private async Task<bool> RefreshAsync(OpenedSession session, ListFreshness freshness)
    {
        // What was said up to here is in what is read; what is said from here on may not be.
        _listsChanged.Wait(0);
        var lists = (ListKinds)Interlocked.Exchange(ref _changedLists, 0);
        var isUncertain = Interlocked.Exchange(ref _isUncertain, 0) == 1;
        if (lists == ListKinds.None && !isUncertain && freshness.Rest != TimeSpan.Zero)
        {
            return false;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        timeout.CancelAfter(_settings.Gateway.Timeouts.Start);
        try
        {
            var offer = await ListAsync(session, _offer, timeout.Token);
            freshness.Listed(offer);

            // Where the server has said nothing, most often nothing has changed, and nothing is to be built anew.
            if (lists != ListKinds.None || offer.Hints != _offer!.Hints || !DeclaredOffers.AreSame(offer, _offer!))
            {
                _ = PublishAsync(offer, lists);
            }
            else
            {
                RenewDeclared();
            }
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException)
        {
            // The old lists stay, and are tried again; if the connection is lost, it says so itself.
            LogRefreshFailed(_logger, Name, e.Message);
            freshness.Failed();
            if (lists != ListKinds.None)
            {
                OnListsChanged(lists);
            }
        }

        return lists != ListKinds.None;
    }

    /// <param name="offer">What the server offers now.</param>
    /// <param name="announced">The lists that clients are told of even if they look the same.</param>
    /// <returns>Completes when clients see it.</returns>
    private Task PublishAsync(ServerOffer offer, ListKinds announced)
    {
        _offer = offer;
        RenewDeclared();
        Interlocked.Or(ref _announced, (int)announced);
        return ShowChangeAsync();
    }
}
