using McpHub.Catalog;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>Keeps the subscriptions of one legacy session: each wanted resource by <c>resources/subscribe</c>.</summary>
internal sealed partial class SessionSubscriptions(
    string name, UpstreamConnection connection, ServerFeatures features, WantedResources wanted, Action<string> tell, TimeProvider time, ILogger logger)
{
    // A server that answers none of them must not be asked without end.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    // Ten thousand of them one after the other would take a distant server minutes.
    private const int AtOnce = 8;

    private readonly HashSet<string> _taken = [];
    private readonly Dictionary<string, Failure> _refused = [];
    private readonly Lock _lock = new();
    private int _session;

    /// <summary>Brings the session's subscriptions in line with what is wanted, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // What was wanted before this connection may have changed while there was none.
        var isLate = true;
        while (true)
        {
            var uris = wanted.Read(out var session, out var changed);
            if (session != _session)
            {
                _session = session;
                _taken.Clear();
                _refused.Clear();
                isLate = true;
            }

            await AlignAsync(uris, cancellationToken);
            if (isLate)
            {
                isLate = false;
                Array.ForEach(uris, tell);
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task AlignAsync(string[] uris, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        foreach (var gone in _refused.Keys.Except(uris).ToArray())
        {
            _refused.Remove(gone);
        }

        var ended = _taken.Except(uris).ToArray();
        await Parallel.ForEachAsync(ended, options, UnsubscribeAsync);
        var added = uris.Where(uri => !_taken.Contains(uri) && !_refused.ContainsKey(uri)).ToArray();
        await Parallel.ForEachAsync(added, options, SubscribeAsync);

        // One that was given up and wanted again meanwhile was not asked for anew: whoever waits for it is told what is known.
        foreach (var uri in uris)
        {
            if (_refused.TryGetValue(uri, out var refusal) || _taken.Contains(uri))
            {
                wanted.Settle(uri, refusal);
            }
        }
    }

    private async ValueTask SubscribeAsync(string uri, CancellationToken cancellationToken)
    {
        var refusal = features.HasFlag(ServerFeatures.Subscriptions)
            ? await AskAsync(McpMethod.Subscribe, uri, cancellationToken)
            : new Failure(FailureKind.InvalidParams, $"Server '{name}' has no subscriptions to resources.");
        lock (_lock)
        {
            if (refusal is null)
            {
                _taken.Add(uri);
            }
            else
            {
                _refused[uri] = refusal;
            }
        }

        wanted.Settle(uri, refusal);
    }

    private async ValueTask UnsubscribeAsync(string uri, CancellationToken cancellationToken)
    {
        await AskAsync(McpMethod.Unsubscribe, uri, cancellationToken);
        lock (_lock)
        {
            _taken.Remove(uri);
        }
    }

    /// <returns>What the server has against it, or <see langword="null"/>.</returns>
    private async ValueTask<Failure?> AskAsync(McpMethod method, string uri, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var call = GatewayRequests.OfResource(connection.NextId(), method, uri);
            using var reply = await connection.SendAsync(call, either.Token);
            if (!reply.IsError)
            {
                return null;
            }

            var reason = reply.ErrorText;
            LogRefused(logger, name, method.Text(), reason);
            return new Failure(reply.ErrorCode == McpErrorCodes.LegacyResourceNotFound ? FailureKind.ResourceNotFound : FailureKind.InvalidParams, $"Server '{name}': {reason}");
        }
        catch (UpstreamException e)
        {
            LogRefused(logger, name, method.Text(), e.Message);
            return new Failure(e.Kind, $"Server '{name}': {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogRefused(logger, name, method.Text(), "no answer in time");
            return new Failure(FailureKind.TimedOut, $"Server '{name}' did not answer in time.");
        }
    }

    [LoggerMessage(155, LogLevel.Warning, "Server {Server} did not take a '{Method}': {Reason}")]
    private static partial void LogRefused(ILogger logger, string server, string method, string reason);
}
