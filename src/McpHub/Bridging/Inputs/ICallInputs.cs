using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>The way from a server's request to the client whose call caused it. Disposed with the call: what is still asked ends.</summary>
internal interface ICallInputs : IDisposable
{
    /// <summary>Asks the client.</summary>
    /// <param name="method">Sampling, elicitation or roots.</param>
    /// <param name="parameters">As the server sent them; empty for none.</param>
    /// <param name="cancellationToken">Cancelled when the server has no more use for the answer.</param>
    /// <returns>What the client answered, or the error that the server gets for it.</returns>
    ValueTask<ClientAnswer> AskAsync(McpMethod method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken);
}
