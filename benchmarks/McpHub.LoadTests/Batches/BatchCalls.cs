using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Batches;

/// <summary>The calls, as a modern client makes them; each answer is looked at.</summary>
internal static class BatchCalls
{
    private const string Tool = "echo";
    private const string BatchTool = "hub_batch";

    public static async Task OneByOneAsync(HttpClient http, Uri url, int calls, CancellationToken cancellationToken)
    {
        for (var i = 0; i < calls; i++)
            await CallAsync(http, url, i, cancellationToken);
    }

    public static Task PoolAsync(HttpClient http, Uri url, int calls, int size, CancellationToken cancellationToken) => Parallel.ForAsync(
        0,
        calls,
        new ParallelOptions { MaxDegreeOfParallelism = size, CancellationToken = cancellationToken },
        async (i, token) => await CallAsync(http, url, i, token));

    /// <summary>The message that makes all of the calls as one batch, of which so many are equal to others.</summary>
    public static byte[] Batch(int calls, int equal)
    {
        var items = Enumerable.Range(0, calls).Select(i => (JsonNode)new JsonObject
        {
            ["id"] = $"{i}",
            ["tool_name"] = Tool,
            ["params"] = Arguments(i % (calls - equal)),
        });
        return Message(BatchTool, new JsonObject { ["requests"] = new JsonArray([.. items]) });
    }

    /// <summary>Sends a batch and looks at every result.</summary>
    public static async Task BatchAsync(HttpClient http, Uri url, byte[] batch, int calls, int equal, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(http, url, BatchTool, batch, cancellationToken);
        var structured = ResultOf(answer).GetProperty("structuredContent");
        if (structured.GetProperty("total").GetInt32() != calls || structured.GetProperty("results").GetArrayLength() != calls)
            throw new InvalidDataException($"A batch was not answered whole: {answer.RootElement}");
        var number = 0;
        foreach (var item in structured.GetProperty("results").EnumerateArray())
            Check(item.GetProperty("result"), number++ % (calls - equal));
    }

    private static async Task CallAsync(HttpClient http, Uri url, int number, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(http, url, Tool, Message(Tool, Arguments(number)), cancellationToken);
        Check(ResultOf(answer), number);
    }

    private static JsonObject Arguments(int number) => new() { ["message"] = $"message {number}" };

    private static JsonElement ResultOf(JsonDocument answer) => answer.RootElement.TryGetProperty("result", out var result)
        ? result
        : throw new InvalidDataException($"A call was not answered: {answer.RootElement}");

    private static void Check(JsonElement result, int number)
    {
        if (!result.GetProperty("content")[0].GetProperty("text").ValueEquals($"message {number}"))
            throw new InvalidDataException($"A call was answered wrongly: {result}");
    }

    private static byte[] Message(string tool, JsonObject arguments) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 1,
        ["method"] = "tools/call",
        ["params"] = new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = arguments,
            ["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/protocolVersion"] = McpVersions.Modern,
                ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            },
        },
    });

    private static async Task<JsonDocument> SendAsync(HttpClient http, Uri url, string tool, byte[] message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(message) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", McpVersions.Modern);
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", tool);
        using var response = await http.SendAsync(request, cancellationToken);
        return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }
}
