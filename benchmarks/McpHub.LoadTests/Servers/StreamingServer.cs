using System.Buffers;
using System.Text.Json;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Servers;

/// <summary>The small MCP server, but a call is answered with progress for ever, as fast as it is taken.</summary>
internal sealed class StreamingServer(EchoMcpServer server)
{
    private const int PartsAtOnce = 4;

    private static readonly byte[] Text = [.. Enumerable.Repeat((byte)'x', 1000)];

    public Task RunAsync(int port)
    {
        var app = LoopbackHost.Build(port);
        app.MapPost(LoopbackHost.McpPath, AnswerAsync);
        return app.RunAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync(context.Request.BodyReader, context.RequestAborted);
        var body = request.ToArray();
        context.Request.BodyReader.AdvanceTo(request.End);
        if (McpMessage.Parse(body).Method == McpMethod.CallTool)
        {
            await PourAsync(context, TokenOf(body));
            return;
        }

        var sent = context.Request.Headers;
        var answer = new ArrayBufferWriter<byte>(1024);
        context.Response.StatusCode = server.Answer(body, new McpHeaders(sent["MCP-Protocol-Version"], sent["Mcp-Method"], sent["Mcp-Name"]), answer);
        context.Response.ContentLength = answer.WrittenCount;
        if (answer.WrittenCount > 0)
            context.Response.ContentType = "application/json";
        context.Response.BodyWriter.Write(answer.WrittenSpan);
    }

    private static string TokenOf(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("params").GetProperty("_meta").GetProperty("progressToken").GetRawText();
    }

    private static async Task PourAsync(HttpContext context, string token)
    {
        context.Response.ContentType = "text/event-stream";
        var output = context.Response.BodyWriter;
        try
        {
            var isTaken = true;
            for (var number = 1; isTaken; number += PartsAtOnce)
            {
                for (var part = number; part < number + PartsAtOnce; part++)
                    WritePart(output, token, part);

                // To a connection that is gone everything is written at once, and nobody says so for a while.
                isTaken = !(await output.FlushAsync(context.RequestAborted)).IsCompleted;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The gateway has had enough.
        }
    }

    private static void WritePart(IBufferWriter<byte> output, string token, int number)
    {
        var head = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $$$"""data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{token}}},"progress":{{{number}}},"message":" """);
        output.Write(System.Text.Encoding.ASCII.GetBytes(head.TrimEnd()));
        output.Write(Text);
        output.Write("\"}}\n\n"u8);
    }
}
