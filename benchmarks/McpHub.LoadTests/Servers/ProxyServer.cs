using System.Buffers;
using System.Net;

namespace McpHub.LoadTests.Servers;

/// <summary>
/// What passing a request on costs in .NET: Kestrel on one side, one <see cref="SocketsHttpHandler"/> on the other, bytes copied
/// between them and nothing looked at. Passes on the headers that MCP needs, and only those.
/// </summary>
internal sealed class ProxyServer : IDisposable
{
    private static readonly string[] ForwardedHeaders =
        ["Accept", "MCP-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name"];

    private const int MaxPiece = 16 * 1024;

    private readonly Uri _upstream;
    private readonly HttpMessageInvoker _client;
    private readonly Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> _send;

    /// <param name="upstream">The MCP endpoint that requests are passed on to.</param>
    /// <param name="usesClient">
    /// Whether requests go through <see cref="HttpClient"/>, as most programs send theirs, and not straight to the handler, which is
    /// the least that it costs.
    /// </param>
    public ProxyServer(Uri upstream, bool usesClient)
    {
        _upstream = upstream;
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseCookies = false,
            UseProxy = false,
        };
        if (usesClient)
        {
            // Without a timeout of its own, and without reading the answer into a buffer first: both would cost more.
            var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            (_client, _send) = (client, (request, cancellation) => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation));
        }
        else
        {
            _client = new HttpMessageInvoker(handler);
            _send = _client.SendAsync;
        }
    }

    public Task RunAsync(int port)
    {
        var app = LoopbackHost.Build(port);
        app.MapPost(LoopbackHost.McpPath, ForwardAsync);
        return app.RunAsync();
    }

    public void Dispose() => _client.Dispose();

    private async Task ForwardAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        var received = await RequestBody.ReadAsync(body, context.RequestAborted);
        using var request = new HttpRequestMessage(HttpMethod.Post, _upstream);
        request.Content = new ReadOnlyMemoryContent(received.IsSingleSegment ? received.First : received.ToArray());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        foreach (var name in ForwardedHeaders)
        {
            if (context.Request.Headers.TryGetValue(name, out var value))
                request.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        using var answer = await _send(request, context.RequestAborted);
        body.AdvanceTo(received.End);
        await CopyBackAsync(answer, context);
    }

    private static async Task CopyBackAsync(HttpResponseMessage answer, HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        var headers = answer.Content.Headers;
        if (headers.NonValidated.TryGetValues("Content-Type", out var type))
            response.ContentType = type.ToString();
        if (answer.Headers.NonValidated.TryGetValues("Mcp-Session-Id", out var session))
            response.Headers["Mcp-Session-Id"] = session.ToString();

        response.ContentLength = headers.ContentLength;
        using var stream = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        if (headers.ContentLength is not { } length)
        {
            await stream.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }

        while (length > 0)
        {
            var buffer = response.BodyWriter.GetMemory((int)Math.Min(length, MaxPiece));
            var read = await stream.ReadAsync(buffer[..(int)Math.Min(length, buffer.Length)], context.RequestAborted);
            if (read == 0)
                throw new IOException("The upstream's answer ended early.");
            response.BodyWriter.Advance(read);
            length -= read;
            // Kestrel flushes headers and a first piece by itself when the request ends, but no piece after that.
            if (length > 0 || response.HasStarted)
                await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }
}
