using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>
/// One open <c>subscriptions/listen</c> of a modern client. One task, the request's own, writes to the client; whoever tells of a change
/// only notes it and wakes that task, so that a client that doesn't read holds up nobody else.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="stream">The way to the client.</param>
/// <param name="hub">Where it listens.</param>
internal sealed partial class ListenRequest(McpContext context, IListenStream stream, SubscriptionHub hub)
    : ChangeListener(context.View.Server, context.Features)
{
    // Proxies give a silent stream up after a minute; some after half of one.
    private static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromSeconds(15);

    // How long the acknowledgement waits for what servers say to a subscription; then it is taken to be honoured.
    private static readonly TimeSpan EstablishLimit = TimeSpan.FromSeconds(5);

    private readonly byte[] _id = context.Id.ToArray();
    private volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isEnded;
    private volatile bool _isKeepAliveDue;
    private long _lastWritten = hub.Time.GetTimestamp();

    public override bool IsModern => true;

    public override Caller Caller { get; } = context.Caller;

    public IListenStream Stream { get; } = stream;

    /// <summary>Listens until the client has gone or cancelled, or the gateway has no more to tell.</summary>
    public async ValueTask<McpResult> RunAsync(ListenFilter filter, IReadOnlyList<WatchedTasks> tasks, ListKinds offered, CancellationToken cancellationToken)
    {
        // Written and read by the hub's threads only once the listener is added.
        Lists = filter.Lists & offered;
        hub.Add(this);
        using var lost = Stream.Lost.UnsafeRegister(static state => ((ListenRequest)state!).End(), this);
        try
        {
            // Before the subscriptions, so that what is asked of servers for either is waited for together.
            if (Watch(tasks) is { } refusal)
            {
                return McpResult.Fail(refusal);
            }

            var (failure, honoured) = await SubscribeAsync(filter.Uris, cancellationToken);
            if (failure is not null)
            {
                return McpResult.Fail(failure);
            }

            var watched = await WhenWatchedAsync(tasks, cancellationToken);
            await WriteAsync(ChangeMessages.Acknowledged(Lists, honoured, watched, _id), cancellationToken);
            await TellAsync(cancellationToken);
            return McpResult.Complete(ChangeMessages.Result(_id));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.");
        }
        finally
        {
            // Its place first: whoever sees that it listens no more may open another.
            Stream.EndListening();
            hub.Remove(this);
            await UnwatchAsync();
        }
    }

    public override void Tick()
    {
        if (hub.Time.GetElapsedTime(Volatile.Read(ref _lastWritten)) >= KeepAlivePeriod)
        {
            _isKeepAliveDue = true;
            OnPending();
        }
    }

    public override void End()
    {
        _isEnded = true;
        OnPending();
    }

    protected override void OnPending() => _wake.TrySetResult();

    private async ValueTask<(Failure? Failure, IEnumerable<string> Honoured)> SubscribeAsync(IReadOnlyList<string> uris, CancellationToken cancellationToken)
    {
        if (uris.Count == 0)
        {
            return (null, uris);
        }

        var honoured = new List<(string Uri, Task<Failure?> Established)>();
        foreach (var uri in uris)
        {
            switch (hub.Topics.Subscribe(this, uri, out var established))
            {
                case null:
                    honoured.Add((uri, established));
                    break;
                case { Kind: FailureKind.Overloaded } failure:
                    return (failure, []);
                default:
                    // Nobody has it, or its server has no subscriptions: it is left out of the acknowledgement.
                    break;
            }
        }

        await ((Task)Task.WhenAll(honoured.Select(h => h.Established))).WaitAsync(EstablishLimit, hub.Time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var (uri, established) in honoured)
        {
            if (IsRefused(established))
            {
                hub.Topics.Unsubscribe(this, uri);
            }
        }

        return (null, honoured.Where(h => !IsRefused(h.Established)).Select(h => h.Uri));
    }

    private static bool IsRefused(Task<Failure?> established) => established is { IsCompletedSuccessfully: true, Result: not null };

    private async ValueTask TellAsync(CancellationToken cancellationToken)
    {
        using var cancelled = cancellationToken.UnsafeRegister(static state => ((ListenRequest)state!).OnPending(), this);
        while (true)
        {
            await _wake.Task;

            // A new one before looking: what is told from here on wakes again.
            _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            cancellationToken.ThrowIfCancellationRequested();
            await TellPendingAsync(cancellationToken);
            if (_isEnded)
            {
                return;
            }

            if (_isKeepAliveDue)
            {
                _isKeepAliveDue = false;
                await Stream.KeepAliveAsync(cancellationToken);
                Volatile.Write(ref _lastWritten, hub.Time.GetTimestamp());
            }
        }
    }

    private async ValueTask TellPendingAsync(CancellationToken cancellationToken)
    {
        // In turns: neither what changes all the time may keep the other from being told.
        bool isMore;
        do
        {
            isMore = false;
            if (TryTake(out var list, out var uri))
            {
                isMore = true;
                await WriteAsync(ChangeMessages.Change(list, uri, _id), cancellationToken);
            }

            if (TryTakeTask(out var task))
            {
                isMore = true;
                await WriteAsync(Utf8Buffer.CopyOf(task), cancellationToken);
            }
        }
        while (isMore && !_isEnded);
    }

    private async ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        await Stream.WriteAsync(message, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Volatile.Write(ref _lastWritten, hub.Time.GetTimestamp());
    }
}
