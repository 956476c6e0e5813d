using System.Text;
using System.Text.Json;

namespace McpHub.FunctionalTests.Samples;

/// <summary>The sample of docs/features/native-tools.md does what that page says.</summary>
public sealed class LibrarySampleTests(LibrarySampleProcess sample) : IClassFixture<LibrarySampleProcess>
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task OrderStatus_AnswersStructuredContent_ToAModernClient()
    {
        var answer = await CallAsync("order_status", """{"number":1002}""");

        using var json = JsonDocument.Parse(answer);
        var content = json.RootElement.GetProperty("result").GetProperty("structuredContent");
        Assert.Equal("on its way", content.GetProperty("status").GetString());
    }

    [Fact]
    public async Task OrderStatus_ShowsTheMessageOfAnMcpException_AsAToolError()
    {
        var answer = await CallAsync("order_status", """{"number":7}""");

        using var json = JsonDocument.Parse(answer);
        var result = json.RootElement.GetProperty("result");
        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.Equal("There is no order 7.", result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task OrderExport_StreamsProgressBeforeItsResult_WhenTheClientAsksForIt()
    {
        var answer = await CallAsync("order_export", "{}", """ "progressToken":"p1", """);

        var events = answer.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..]).ToArray();
        Assert.Equal(4, events.Length);
        Assert.All(events[..3], e => Assert.Contains("notifications/progress", e, StringComparison.Ordinal));
        Assert.Contains("1003,delivered", events[3], StringComparison.Ordinal);
    }

    private async Task<string> CallAsync(string tool, string arguments, string meta = "")
    {
        var body = $$$"""
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{ {{{meta}}}
            "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{} } } }
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(sample.Address, "mcp"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", tool);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
