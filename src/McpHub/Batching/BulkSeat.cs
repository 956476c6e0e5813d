namespace McpHub.Batching;

/// <summary>One call's place in a <see cref="BulkCall"/> that expects it. Disposed without having been taken, it says that nobody will.</summary>
internal sealed class BulkSeat(BulkCall call) : IDisposable
{
    private int _isTaken;

    /// <inheritdoc cref="BulkCall.JoinAsync"/>
    public Task<BulkAnswer?> TakeAsync(ReadOnlyMemory<byte> arguments, BulkSend send, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _isTaken, 1) == 0 ? call.JoinAsync(arguments, send, cancellationToken) : Task.FromResult<BulkAnswer?>(null);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
        {
            call.Skip();
        }
    }
}
