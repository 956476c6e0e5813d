using System.Buffers;
using System.Threading.Channels;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace McpHub.Transports.Http;

/// <summary>
/// One POST and its answer. The answer is JSON, and becomes an event stream only when something has to go out before it. Pooled.
/// </summary>
internal sealed partial class HttpExchange : IClientStream
{
    // A client that doesn't read loses progress and log messages beyond these, never the answer; nobody waits for it.
    private const int OutboundBound = 256;

    private static readonly DefaultObjectPool<HttpExchange> Pool = new(new DefaultPooledObjectPolicy<HttpExchange>(), maximumRetained: 1024);

    private readonly Lock _lock = new();
    private HttpContext _http = null!;
    private Channel<Utf8Buffer>? _outbound;
    private Task? _pump;
    private bool _isOpen;

    public McpContext Context { get; } = new();

    /// <summary>Whether the answer has become an event stream, so that its status is sent already.</summary>
    public bool IsStream => _pump is not null;

    public static HttpExchange Rent(HttpContext http)
    {
        var exchange = Pool.Get();
        exchange._http = http;
        exchange._isOpen = true;
        exchange.Context.Stream = exchange;
        exchange.Context.NetworkTransport = "tcp";
        return exchange;
    }

    public void Return()
    {
        Context.Reset();
        _http = null!;
        _outbound = null;
        _pump = null;
        Pool.Return(this);
    }

    public bool TrySend(Utf8Buffer message)
    {
        lock (_lock)
        {
            if (_isOpen && (_outbound is not null || AcceptsStream(_http.Request)))
            {
                _outbound ??= Channel.CreateBounded<Utf8Buffer>(new BoundedChannelOptions(OutboundBound) { SingleReader = true });
                if (_outbound.Writer.TryWrite(message))
                {
                    _pump ??= Task.Run(PumpAsync);
                    return true;
                }
            }
        }

        message.Dispose();
        return false;
    }

    /// <summary>Nothing goes out before the answer any more; completes when what was to go out has.</summary>
    public ValueTask CloseAsync()
    {
        lock (_lock)
        {
            _isOpen = false;
            _outbound?.Writer.TryComplete();
            return _pump is null ? ValueTask.CompletedTask : new ValueTask(_pump);
        }
    }

    /// <summary>Writes the answer, as JSON or as the last event of the stream.</summary>
    public ValueTask AnswerAsync(Utf8Buffer message, int status)
    {
        if (!IsStream)
        {
            _http.Response.StatusCode = status;
            _http.Response.ContentType = "application/json";
            _http.Response.ContentLength = message.Length;
            _http.Response.BodyWriter.Write(message.Span);
            return ValueTask.CompletedTask;
        }

        return WriteEventAsync(message);
    }

    /// <summary>Writes a result straight into the connection's buffer: the way of nearly every answer.</summary>
    public void AnswerResult(ReadOnlySpan<byte> id, ReadOnlySpan<byte> result)
    {
        var response = _http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.ContentLength = McpMessages.ResultLength(id, result);
        McpMessages.WriteResult(response.BodyWriter, id, result);
    }

    /// <summary>Answers that a notification has been taken.</summary>
    public void Accept() => _http.Response.StatusCode = StatusCodes.Status202Accepted;

    private async Task PumpAsync()
    {
        WriteStreamHeaders();
        await foreach (var message in _outbound!.Reader.ReadAllAsync())
        {
            using (message)
            {
                await WriteEventAsync(message);
            }
        }
    }

    private void WriteStreamHeaders()
    {
        var response = _http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private async ValueTask WriteEventAsync(Utf8Buffer message)
    {
        message.ToOneLine();
        var writer = _http.Response.BodyWriter;
        writer.Write("data: "u8);
        writer.Write(message.Span);
        writer.Write("\n\n"u8);
        try
        {
            await writer.FlushAsync(_http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client is gone; the call goes on for a legacy one, and is cancelled elsewhere for a modern one.
        }
    }

    private static bool AcceptsStream(HttpRequest request)
    {
        var accept = request.Headers.Accept;
        return accept.Count > 0 && accept.ToString() is var types
            && (types.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) || types.Contains("*/*", StringComparison.Ordinal));
    }
}
