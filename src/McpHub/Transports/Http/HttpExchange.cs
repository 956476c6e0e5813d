using System.Buffers;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace McpHub.Transports.Http;

/// <summary>
/// One POST and its answer. The answer is JSON, and becomes an event stream only when something has to go out before it, or when the
/// client prefers that. Pooled.
/// </summary>
internal sealed partial class HttpExchange : IClientStream
{
    private static readonly DefaultObjectPool<HttpExchange> Pool = new(new DefaultPooledObjectPolicy<HttpExchange>(), maximumRetained: 1024);

    private readonly Lock _lock = new();
    private HttpContext _http = null!;
    private TimeProvider _time = TimeProvider.System;
    private CredentialWatches _watches = null!;
    private bool _isOpen;

    public McpContext Context { get; } = new();

    /// <summary>The server whose endpoint was called; empty for that of all.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>Whether the answer goes out as an event.</summary>
    public bool IsStream => _pump is not null || _isMirror || PrefersStream(_http.Request);

    public static HttpExchange Rent(HttpContext http, string endpoint, TimeProvider time, CredentialWatches watches)
    {
        var exchange = Pool.Get();
        exchange._http = http;
        exchange._time = time;
        exchange._watches = watches;
        exchange.Endpoint = endpoint;
        exchange._isOpen = true;
        exchange.Context.Stream = exchange;
        exchange.Context.NetworkTransport = "tcp";
        return exchange;
    }

    public void Return()
    {
        Context.Reset();
        ResetStream();
        _http = null!;
        Pool.Return(this);
    }

    /// <summary>Nothing goes out before the answer any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isOpen = false;
        }
    }

    /// <summary>Says in the header which credential would do, if the header isn't sent yet.</summary>
    public void Challenge(string? challenge)
    {
        if (challenge is not null && !HasBegun)
        {
            _http.Response.Headers.WWWAuthenticate = challenge;
        }
    }

    /// <summary>Writes the answer, as JSON or as the last event of the stream.</summary>
    public ValueTask AnswerAsync(Utf8Buffer message, int status)
    {
        if (_pump is not null)
        {
            return AnswerOnStreamAsync(message);
        }

        if (IsStream && status == StatusCodes.Status200OK)
        {
            AnswerAsStream(message);
            return ValueTask.CompletedTask;
        }

        _http.Response.StatusCode = status;
        _http.Response.ContentType = "application/json";
        _http.Response.ContentLength = message.Length;
        _http.Response.BodyWriter.Write(message.Span);
        return ValueTask.CompletedTask;
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

    /// <summary>Tells the client when to try again, unless the answer has begun.</summary>
    public void RetryAfter(int seconds)
    {
        if (!HasBegun)
        {
            _http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Answers that a notification has been taken.</summary>
    public void Accept() => _http.Response.StatusCode = StatusCodes.Status202Accepted;
}
