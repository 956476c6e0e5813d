using System.Text;
using Microsoft.AspNetCore.Http;

namespace McpHub.Testing;

/// <summary>
/// One request at a <see cref="FakeUpstream"/> and the ways to answer it. Over Streamable HTTP the answer is JSON, or an event stream
/// once a message was sent before it; over HTTP+SSE everything goes out on the session's stream.
/// </summary>
internal sealed class FakeExchange(HttpContext http, FakeRequest request, FakeStream? stream, bool isModern, CancellationToken stopping)
{
    public FakeRequest Request { get; } = request;

    /// <summary>The legacy session that it belongs to; empty for the request that opens one over Streamable HTTP.</summary>
    public string Session { get; } = request.Header("Mcp-Session-Id") ?? http.Request.Query["sessionId"].ToString();

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>The response's headers; set them before anything is sent.</summary>
    public IHeaderDictionary Headers => http.Response.Headers;

    public Task ResultAsync(string result) =>
        FinishAsync(Rpc.Result(Request.Id, result));

    /// <summary>A tool's result with one text block.</summary>
    public Task TextAsync(string text) => ResultAsync(
        "{" + (isModern ? "\"resultType\":\"complete\"," : "") + "\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}");

    public Task ErrorAsync(int code, string message, string? data = null, int status = 200) => FinishAsync(
        "{\"jsonrpc\":\"2.0\",\"id\":" + Request.Id + ",\"error\":{\"code\":" + code + ",\"message\":\"" + message + "\""
            + (data is null ? "" : ",\"data\":" + data) + "}}",
        status);

    public Task NotifyAsync(string method, string parameters) =>
        SendAsync(Rpc.Notification(method, parameters));

    /// <summary>Sends a message that is not the last.</summary>
    public Task SendAsync(string message) => SendEventsAsync("event: message\ndata: " + message + "\n\n");

    /// <summary>Sends events, or what looks like them, as they are.</summary>
    public async Task SendEventsAsync(string events)
    {
        if (stream is not null)
        {
            await stream.SendRawAsync(events);
            return;
        }

        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "text/event-stream";
        }

        await http.Response.WriteAsync(events, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Sends the message that is the last.</summary>
    public async Task FinishAsync(string message, int status = 200)
    {
        if (stream is not null || http.Response.HasStarted)
        {
            await SendAsync(message);
            return;
        }

        await RawAsync(status, "application/json", message);
    }

    /// <summary>Answers with any HTTP response.</summary>
    public async Task RawAsync(int status, string contentType, string body)
    {
        http.Response.StatusCode = status;
        if (contentType.Length > 0)
        {
            http.Response.ContentType = contentType;
        }

        await http.Response.WriteAsync(body, Encoding.UTF8, http.RequestAborted);
    }

    /// <summary>Breaks the connection, in the middle of the answer if one has begun.</summary>
    public void Abort()
    {
        stream?.Close();
        http.Abort();
    }

    /// <summary>Ends the event stream without another word.</summary>
    public async Task EndStreamAsync()
    {
        if (stream is null)
        {
            await SendEventsAsync(": bye\n\n");
        }

        stream?.Close();
    }

    /// <summary>Doesn't answer; completes when the caller has given up, or the upstream ends.</summary>
    public async Task HangAsync()
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, stream is null ? http.RequestAborted : CancellationToken.None);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
