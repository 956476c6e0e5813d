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
    private readonly CallRelay? _relay;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _ended = new();

    /// <param name="session">The client.</param>
    /// <param name="relay">The call's way to the client; <see langword="null"/> for what belongs to no call.</param>
    /// <param name="limit">How long the client may take: it may have to ask a human.</param>
    public SessionInputs(ClientSession session, CallRelay? relay, TimeSpan limit)
    {
        _session = session;
        _relay = relay;
        _limit = limit;
    }

    public async ValueTask<ClientAnswer> AskAsync(McpMethod method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        if (method == McpMethod.Unknown || (InputCapabilities.NeededBy(method, parameters.Span) & ~_session.Inputs) != 0)
        {
            return InputRefusal.NotDeclared(method);
        }

        using var written = Utf8Buffer.Rent(parameters.Length + 128);
        InputParameters.Write(written, method, parameters.Span, _session.Inputs, _session.Revision);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        limit.CancelAfter(_limit);
        _relay?.HoldDeadline(_limit);
        try
        {
            var stream = (IClientStream?)_relay ?? _session.Unsolicited;
            return await _session.Requests.AskAsync(stream, method, written.Memory, limit.Token) ?? InputRefusal.Unreachable(method);
        }
        catch (OperationCanceledException)
        {
            return InputRefusal.NoAnswer(method);
        }
        finally
        {
            _relay?.ReleaseDeadline();
        }
    }

    public void Dispose()
    {
        // Not disposed: an answer may be on its way to the token, and without a timer there is nothing to give back.
        _ended.Cancel();
    }
}
