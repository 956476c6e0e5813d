using System.Threading.Channels;
using McpHub.Bridging.Subscriptions;
using McpHub.Protocol;

namespace McpHub.Transports.Stdio;

/// <content>Listening over stdio: messages of all listen requests between all others, each tagged with its request.</content>
internal sealed partial class StdioServer : IListenStream
{
    public bool CanListen => true;

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
