using System.Buffers;
using McpHub.Bridging.Subscriptions;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Transports.Http.Streams;

namespace McpHub.Transports.Http;

/// <content>The exchange of a request that listens: an event stream from its first message on, and none is ever left out.</content>
internal sealed partial class HttpExchange : IListenStream
{
    private CredentialWatch? _watch;

    public CancellationToken Lost => _watch?.Lost ?? CancellationToken.None;

    public Failure? BeginListening()
    {
        if (!AcceptsStream(Http.Request))
        {
            return new Failure(FailureKind.InvalidRequest, "Invalid request: 'subscriptions/listen' is answered with an event stream; accept 'text/event-stream'.");
        }

        // Whoever listens does so for hours, in which its connection's buffer is not to be held for a message of some hundred bytes.
        _body = _body.Detach();
        Context.Message = _body.Bytes;
        _watch = _watches.Add(Http.Request, Endpoint, Context.Caller);
        return null;
    }

    public void EndListening()
    {
        _watch?.Dispose();
        _watch = null;
    }

    public async ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        using (message)
        {
            BeginStream();
            await WriteEventAsync(message);
        }
    }

    public async ValueTask KeepAliveAsync(CancellationToken cancellationToken)
    {
        EventStreamWriter.WriteKeepAlive(Http.Response.BodyWriter);
        await Http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>Nothing queues here: whoever listens waits for each message, so there is no pump.</summary>
    private void BeginStream()
    {
        if (_pump is null)
        {
            EventStreamWriter.Begin(Http.Response);
            _pump = Task.CompletedTask;
        }
    }

    private async ValueTask WriteEventAsync(Utf8Buffer message)
    {
        message.ToOneLine();
        EventStreamWriter.WriteMessage(Http.Response.BodyWriter, null, message.Span);
        try
        {
            await Http.Response.BodyWriter.FlushAsync(Http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client is gone, which cancels the request elsewhere.
        }
    }
}
