using System.Buffers;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>
/// One POST and its answer. The answer is JSON, and becomes an event stream only when something has to go out before it, or when the
/// client prefers that. Pooled.
/// </summary>
internal sealed partial class HttpExchange : IClientStream
{
    // As many as a thread may well have given back before it takes them again; each has some 2 KB.
    private const int MostPooled = 128;

    // A stack for each thread: what was given back last is still in the core's cache, and a queue would hand it out last.
    [ThreadStatic]
    private static Stack<HttpExchange>? _pool;

    private readonly Lock _lock = new();
    private ReceivedBody _body;
    private TimeProvider _time = TimeProvider.System;
    private CredentialWatches _watches = null!;
    private bool _prefersStream;
    private bool _isOpen;

    private HttpExchange()
    {
    }

    public McpContext Context { get; } = new();

    /// <summary>The request, and the response to it.</summary>
    public HttpContext Http { get; private set; } = null!;

    /// <summary>The server whose endpoint was called; empty for that of all.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>Whether the answer goes out as an event.</summary>
    public bool IsStream => _pump is not null || _isMirror || _prefersStream;

    /// <param name="admitted">The request.</param>
    /// <param name="body">Its body; the exchange owns it.</param>
    /// <param name="time">The clock of what goes out while the client waits.</param>
    /// <param name="watches">Whose credentials are looked at again while the client listens.</param>
    public static HttpExchange Rent(in AdmittedRequest admitted, in ReceivedBody body, TimeProvider time, CredentialWatches watches)
    {
        if (_pool is null || !_pool.TryPop(out var exchange))
        {
            exchange = new HttpExchange();
        }

        exchange.Http = admitted.Http;
        exchange._body = body;
        exchange._time = time;
        exchange._watches = watches;
        exchange.Endpoint = admitted.Endpoint;

        // Read now, while the request's headers are at hand: after a wait they would have to come from memory again.
        exchange._prefersStream = PrefersStream(admitted.Http.Request);
        exchange._isOpen = true;
        var context = exchange.Context;
        context.Message = body.Bytes;
        context.View = admitted.View;
        context.Caller = admitted.Caller;
        context.Stream = exchange;
        context.NetworkTransport = "tcp";
        return exchange;
    }

    public void Return()
    {
        Context.Reset();
        ResetStream();
        _body.Dispose();
        _body = default;
        Http = null!;
        var pool = _pool ??= new Stack<HttpExchange>();
        if (pool.Count < MostPooled)
        {
            pool.Push(this);
        }
        else
        {
            Context.Dispose();
        }
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
            Http.Response.Headers.WWWAuthenticate = challenge;
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

        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/json";
        Http.Response.ContentLength = message.Length;
        Http.Response.BodyWriter.Write(message.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes a result straight into the connection's buffer: the way of nearly every answer.</summary>
    public ValueTask AnswerResultAsync(ReadOnlyMemory<byte> result)
    {
        var response = Http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.ContentLength = McpMessages.ResultLength(Context.Id, result.Span);

        // The headers first, which sends nothing yet: a body that is written before them is kept aside, and copied behind them later.
        var started = response.StartAsync();
        if (!started.IsCompletedSuccessfully)
        {
            return AnswerStartedAsync(started, result);
        }

        McpMessages.WriteResult(response.BodyWriter, Context.Id, result.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the client when to try again, unless the answer has begun.</summary>
    public void RetryAfter(int seconds)
    {
        if (!HasBegun)
        {
            Http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Answers that a notification has been taken.</summary>
    public void Accept() => Http.Response.StatusCode = StatusCodes.Status202Accepted;

    private async ValueTask AnswerStartedAsync(Task started, ReadOnlyMemory<byte> result)
    {
        await started;
        McpMessages.WriteResult(Http.Response.BodyWriter, Context.Id, result.Span);
    }
}
