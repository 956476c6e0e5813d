namespace McpHub.Batching;

/// <summary>One call's place in a <see cref="BulkCall"/> that expects it. Disposed without having been taken, it says that nobody will.</summary>
/// <param name="call">The call that is made for several.</param>
/// <param name="place">The one place that they all have, for one call at a time.</param>
internal sealed class BulkSeat(BulkCall call, SemaphoreSlim place) : IDisposable
{
    private int _isTaken;

    /// <summary>The place, for a call that is made by itself after all.</summary>
    public SemaphoreSlim Place => place;

    /// <inheritdoc cref="BulkCall.JoinAsync"/>
    public Task<BulkAnswer?> TakeAsync(ReadOnlyMemory<byte> arguments, BulkSend send, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _isTaken, 1) == 0 ? call.JoinAsync(arguments, send, cancellationToken) : Task.FromResult<BulkAnswer?>(null);

    /// <summary>Has the call for several wait for the place.</summary>
    public BulkSend OnPlace(BulkSend send) => async (arguments, cancellationToken) =>
    {
        await place.WaitAsync(cancellationToken);
        try
        {
            return await send(arguments, cancellationToken);
        }
        finally
        {
            place.Release();
        }
    };

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
        {
            call.Skip();
        }
    }
}
