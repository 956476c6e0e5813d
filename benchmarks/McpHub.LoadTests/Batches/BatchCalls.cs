using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Batches;

/// <summary>The calls, as a modern client makes them; each answer is looked at.</summary>
internal static class BatchCalls
{
    private const string Tool = "echo";

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

    /// <summary>Makes all of the calls as one batch, of which so many are equal to others.</summary>
    public static async Task BatchAsync(HttpClient http, Uri url, int calls, int equal, CancellationToken cancellationToken)
    {
        var items = Enumerable.Range(0, calls).Select(i => (JsonNode)new JsonObject
        {
            ["id"] = $"{i}",
            ["tool_name"] = Tool,
            ["params"] = Arguments(i % (calls - equal)),
        });
        var result = await SendAsync(http, url, "hub_batch", new JsonObject { ["requests"] = new JsonArray([.. items]) }, cancellationToken);
        var results = result["structuredContent"]?["results"]?.AsArray();
        if (results?.Count != calls || result["structuredContent"]!["total"]!.GetValue<int>() != calls)
            throw new InvalidDataException($"A batch was not answered whole: {result.ToJsonString()}");
        for (var i = 0; i < calls; i++)
            Check(results[i]!["result"]!, i % (calls - equal));
    }

    private static async Task CallAsync(HttpClient http, Uri url, int number, CancellationToken cancellationToken) =>
        Check(await SendAsync(http, url, Tool, Arguments(number), cancellationToken), number);

    private static JsonObject Arguments(int number) => new() { ["message"] = $"message {number}" };

    private static void Check(JsonNode result, int number)
    {
        if (result["content"]?[0]?["text"]?.GetValue<string>() != $"message {number}")
            throw new InvalidDataException($"A call was answered wrongly: {result.ToJsonString()}");
    }

    private static async Task<JsonNode> SendAsync(HttpClient http, Uri url, string tool, JsonObject arguments, CancellationToken cancellationToken)
    {
        var message = new JsonObject
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
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", McpVersions.Modern);
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", tool);
        using var response = await http.SendAsync(request, cancellationToken);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        return answer["result"] ?? throw new InvalidDataException($"A call was not answered: {answer.ToJsonString()}");
    }
}
