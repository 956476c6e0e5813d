using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>The inputs of a request, for one of the calls that are made on its behalf: what that call asks ends with it, and nothing else does.</summary>
/// <param name="inputs">The request's.</param>
/// <param name="relay">The call's, whose deadline rests while the client is asked.</param>
/// <param name="limit">How long the client may take.</param>
internal sealed class LentInputs(ICallInputs inputs, CallRelay relay, TimeSpan limit) : ICallInputs
{
    private readonly CancellationTokenSource _ended = new();

    public async ValueTask<ClientAnswer> AskAsync(McpMethod method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        relay.HoldDeadline(limit);
        try
        {
            return await inputs.AskAsync(method, parameters, either.Token);
        }
        finally
        {
            relay.ReleaseDeadline();
        }
    }

    // Not disposed of: an answer may be on its way to the token, and without a timer there is nothing to give back.
    public void Dispose() => _ended.Cancel();
}
