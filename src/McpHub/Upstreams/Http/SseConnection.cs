using System.Buffers;
using System.Net;
using System.Text;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Http;

/// <summary>A server that speaks HTTP+SSE of 2024-11-05: one event stream for all that it sends, and a POST for each message to it.</summary>
internal sealed class SseConnection(string name, HttpUpstreamClient http, int maxMessage, IUpstreamEvents events, ILogger logger)
    : SharedStreamConnection(name, events, logger, maxMessage)
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<Uri> _endpoint = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private int _disposed;

    /// <summary>Opens the stream and waits for the address that messages are to be posted to.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _reading = Task.Run(ReadAsync, CancellationToken.None);
        await _endpoint.Task.WaitAsync(cancellationToken);
    }

    public override async ValueTask PostAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        using (message)
        {
            await WriteAsync(message, cancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Lose("The gateway closed the connection.");
        await _stopping.CancelAsync();
        await _reading;
        http.Dispose();
        _stopping.Dispose();
    }

    protected override async ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        using var request = http.Post(await _endpoint.Task, message);
        using var response = await http.SendExplainedAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            // A proxy may say so after the server took the message.
            var kind = (int)response.StatusCode >= 500 ? FailureKind.UpstreamLost : FailureKind.UpstreamUnavailable;
            throw new UpstreamException(kind, $"The server refused the message (HTTP {(int)response.StatusCode}).");
        }
    }

    private async Task ReadAsync()
    {
        var reason = "The server closed its event stream.";
        try
        {
            using var request = http.GetStream(http.Url);
            using var response = await http.SendExplainedAsync(request, _stopping.Token);
            if (response.StatusCode != HttpStatusCode.OK || !HttpReading.MediaTypeOf(response).SequenceEqual("text/event-stream"))
            {
                throw new UpstreamException(FailureKind.UpstreamUnavailable, $"The server offers no event stream at this URL (HTTP {(int)response.StatusCode}).")
                { HttpStatus = (int)response.StatusCode };
            }

            await foreach (var (type, data) in HttpReading.ReadEventsAsync(response, MaxMessage, null, _stopping.Token))
            {
                using (data)
                {
                    Take(type, data);
                }
            }
        }
        catch (UpstreamException e)
        {
            reason = e.Message;
            _endpoint.TrySetException(e);
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }

        _endpoint.TrySetException(new UpstreamException(FailureKind.UpstreamUnavailable, reason));
        _ = _endpoint.Task.Exception;
        Lose(reason);
    }

    private void Take(string type, Utf8Buffer data)
    {
        if (type == "endpoint")
        {
            // Another origin could be made to receive what is meant for this server (2024-11-05 transports; SDKs check it too).
            if (Uri.TryCreate(http.Url, Encoding.UTF8.GetString(data.Span), out var endpoint) && endpoint.Scheme == http.Url.Scheme && endpoint.Authority == http.Url.Authority)
            {
                _endpoint.TrySetResult(endpoint);
            }
            else
            {
                throw new UpstreamException(FailureKind.UpstreamProtocol, "The server names a message endpoint of another origin.");
            }
        }
        else if (type == "message" && data.Length > 0)
        {
            OnMessage(new ReadOnlySequence<byte>(data.Memory));
        }
    }
}
