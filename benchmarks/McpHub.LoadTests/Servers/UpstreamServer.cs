using System.Buffers;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Servers;

/// <summary>The small MCP server over Streamable HTTP, without sessions and without a stream of its own.</summary>
/// <param name="server">What answers.</param>
/// <param name="delay">How long it takes at least; zero to answer at once. The runtime's timers count in milliseconds.</param>
internal sealed class UpstreamServer(EchoMcpServer server, TimeSpan delay)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _answer;

    public Task RunAsync(int port)
    {
        var app = LoopbackHost.Build(port);
        app.MapPost(LoopbackHost.McpPath, AnswerAsync);
        return app.RunAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!IsOriginAllowed(context.Request.Headers.Origin))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var body = context.Request.BodyReader;
        var request = await RequestBody.ReadAsync(body, context.RequestAborted);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, context.RequestAborted);
        Answer(context, request);
        body.AdvanceTo(request.End);
    }

    private void Answer(HttpContext context, in ReadOnlySequence<byte> request)
    {
        var sent = context.Request.Headers;
        var headers = new McpHeaders(sent["MCP-Protocol-Version"], sent["Mcp-Method"], sent["Mcp-Name"]);
        var answer = _answer ??= new ArrayBufferWriter<byte>(1024);
        answer.ResetWrittenCount();

        var response = context.Response;
        response.StatusCode = server.Answer(request.IsSingleSegment ? request.FirstSpan : request.ToArray(), headers, answer);
        response.ContentLength = answer.WrittenCount;
        if (answer.WrittenCount == 0)
            return;
        response.ContentType = "application/json";
        response.BodyWriter.Write(answer.WrittenSpan);
    }

    private static bool IsOriginAllowed(string? origin) =>
        string.IsNullOrEmpty(origin) || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.IsLoopback);
}
