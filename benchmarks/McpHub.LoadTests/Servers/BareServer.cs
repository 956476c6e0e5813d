using System.Buffers;
using System.Text;
using McpHub.LoadTests.Load;

namespace McpHub.LoadTests.Servers;

/// <summary>
/// What Kestrel costs by itself: reads the body, looks at nothing and writes a fixed answer to <c>tools/call</c>.
/// </summary>
internal static class BareServer
{
    private static readonly byte[] FixedAnswer = Encoding.UTF8.GetBytes(
        $$$"""{"jsonrpc":"2.0","id":100000000,"result":{"content":[{"type":"text","text":"{{{McpRequests.Message}}}"}]}}""");

    public static Task RunAsync(int port)
    {
        var app = LoopbackHost.Build(port);
        app.MapPost(LoopbackHost.McpPath, AnswerAsync);
        return app.RunAsync();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        var request = await RequestBody.ReadAsync(body, context.RequestAborted);
        body.AdvanceTo(request.End);

        var response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = FixedAnswer.Length;
        response.BodyWriter.Write(FixedAnswer);
    }
}
