using System.Collections.Concurrent;
using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>
/// The requests that the gateway has sent to one legacy client and that wait for its response: sampling, elicitation, roots.
/// Thread-safe.
/// </summary>
internal sealed class ClientRequests
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ClientAnswer>> _pending = new();
    private long _lastId;

    /// <summary>Sends one request to the client and waits for its response.</summary>
    /// <param name="stream">What it goes out on: the stream of the call that caused it.</param>
    /// <param name="method">The method.</param>
    /// <param name="parameters">The parameters; empty for none.</param>
    /// <param name="cancellationToken">Ends the wait; the client is then told that the request is cancelled.</param>
    /// <returns>The response; <see langword="null"/> if the client can't be reached on the stream.</returns>
    public async ValueTask<ClientAnswer?> AskAsync(
        IClientStream stream, McpMethod method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<ClientAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            var request = Utf8Buffer.Rent(parameters.Length + 128);
            McpMessages.WriteRequest(request, id, method, parameters.Span);
            if (!stream.TrySend(request))
            {
                return null;
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            var cancelled = Utf8Buffer.Rent();
            McpMessages.WriteCancelled(cancelled, id);
            stream.TrySend(cancelled);
            throw;
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>Takes a response that the client sent; one that nobody waits for is ignored, as any that comes too late.</summary>
    public void Complete(ReadOnlySpan<byte> message, in Envelope envelope)
    {
        if (JsonNumber.TryParse(envelope.Id.Of(message), out var id) && _pending.TryRemove(id, out var waiting))
        {
            var isError = envelope.Error.IsPresent;
            waiting.TrySetResult(new ClientAnswer((isError ? envelope.Error : envelope.Result).Of(message).ToArray(), isError));
        }
    }
}
