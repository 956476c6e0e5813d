using System.Threading.Channels;
using McpHub.Bridging.Subscriptions;
using McpHub.Protocol;

namespace McpHub.Transports.Stdio;

/// <content>Listening over stdio: messages of all listen requests between all others, each tagged with its request.</content>
internal sealed partial class StdioServer : IListenStream
{
    public CancellationToken Lost => CancellationToken.None;

    // Each takes a place among the requests in flight for as long as it listens; without places, no cancel would be read either.
    private const int MostListens = 256;

    private int _listens;

    public Failure? BeginListening()
    {
        if (Interlocked.Increment(ref _listens) <= MostListens)
        {
            return null;
        }

        EndListening();
        return new Failure(FailureKind.Overloaded, $"Too many subscriptions: {MostListens} requests listen already.");
    }

    public void EndListening() => Interlocked.Decrement(ref _listens);

    public async ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        Frame(message);
        try
        {
            await _outbound.Writer.WriteAsync(message, cancellationToken);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The client has closed its end, or cancelled.
            message.Dispose();
        }
    }

    /// <summary>A pipe has nobody in between who could give it up.</summary>
    public ValueTask KeepAliveAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
