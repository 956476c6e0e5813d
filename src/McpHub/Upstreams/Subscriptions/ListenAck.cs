using McpHub.Bridging.Subscriptions;
using McpHub.Protocol;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>Waits for the acknowledgement of one listen request. Thread-safe.</summary>
internal sealed class ListenAck
{
    private readonly TaskCompletionSource<ListenFilter> _filter = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with what the server honours.</summary>
    public Task<ListenFilter> Filter => _filter.Task;

    /// <summary>Takes the acknowledgement.</summary>
    /// <param name="parameters">The notification's params.</param>
    public void Take(ReadOnlySpan<byte> parameters)
    {
        // One that can't be read is one of nothing; the server listens all the same.
        ListenFilter.TryRead(parameters, out var filter);
        _filter.TrySetResult(filter);
    }
}
