using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>
/// Asks a legacy client by requests in its session (rules T8 and T10): under the gateway's ids, on the stream of the call that caused
/// them where there is one.
/// </summary>
internal sealed class SessionInputs : ICallInputs
{
    private readonly ClientSession _session;
    private readonly IReadOnlyList<CallRelay> _relays;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _ended;

    /// <param name="session">The client.</param>
    /// <param name="relay">The call's way to the client; <see langword="null"/> for what belongs to no call.</param>
    /// <param name="limit">How long the client may take: it may have to ask a human.</param>
    public SessionInputs(ClientSession session, CallRelay? relay, TimeSpan limit)
        : this(session, relay is null ? [] : [relay], limit, new CancellationTokenSource())
    {
    }

    private SessionInputs(ClientSession session, IReadOnlyList<CallRelay> relays, TimeSpan limit, CancellationTokenSource ended)
    {
        _session = session;
        _relays = relays;
        _limit = limit;
        _ended = ended;
    }

    /// <summary>
    /// For a request that is about one of the client's calls, without a word about which: it goes out on the stream of one of them, the
    /// deadlines of all rest, and the end of any of them doesn't take it back.
    /// </summary>
    public SessionInputs ForAnyOf(IReadOnlyList<CallRelay> relays) => new(_session, relays, _limit, _ended);

    public async ValueTask<ClientAnswer> AskAsync(McpMethod method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        if (!InputCapabilities.CanBeAsked(_session.Inputs, method, parameters.Span))
        {
            return InputRefusal.NotDeclared(method);
        }

        var written = InputParameters.Write(method, parameters.Span, _session.Inputs, _session.Revision);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        if (limit.IsCancellationRequested)
        {
            return InputRefusal.NoAnswer(method);
        }

        limit.CancelAfter(_limit);
        foreach (var relay in _relays)
        {
            relay.HoldDeadline(_limit);
        }

        try
        {
            return await _session.Requests.AskAsync(Stream(), method, written, limit.Token) ?? InputRefusal.Unreachable(method);
        }
        catch (OperationCanceledException)
        {
            return InputRefusal.NoAnswer(method);
        }
        finally
        {
            foreach (var relay in _relays)
            {
                relay.ReleaseDeadline();
            }
        }
    }

    public void Dispose()
    {
        // Not disposed: an answer may be on its way to the token, and without a timer there is nothing to give back.
        _ended.Cancel();
    }

    private IClientStream Stream() => _relays.Count == 0 ? _session.Unsolicited : new FirstOpenStream([.. _relays, _session.Unsolicited]);
}
