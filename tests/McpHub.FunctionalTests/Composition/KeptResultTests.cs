using System.ComponentModel;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.FunctionalTests.Composition;

/// <summary>Steps over native tools that give a result object of their own, the same one each time.</summary>
public sealed class KeptResultTests
{
    private const string Definition = """
        {
          "description": "Takes what it needs of kept results.",
          "steps": [{ "id": "both", "tool": "kept_both" }, { "id": "null", "tool": "kept_null" }, { "id": "failed", "tool": "kept_failure", "onError": "continue" }],
          "output": { "n": "${/steps/both/n}", "text": "${/steps/null}", "why": "${/errors/failed/message}" }
        }
        """;

    [Fact]
    public async Task Step_LeavesTheToolsOwnObjectAsItIs()
    {
        await using var gateway = await GatewayHost.StartAsync(
            new HubConfig { Gateway = new GatewayConfig { Compositions = new Dictionary<string, string> { ["take"] = Definition } } },
            configure: hub => hub.WithTools<KeptTools>());
        var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);

        var composed = (await client.CallAsync("take", "{}")).Result;
        var direct = (await client.CallAsync("kept_both", "{}")).Result;

        Assert.Equal("""{"n":1,"text":"the text","why":"what went wrong"}""", composed.GetProperty("structuredContent").GetRawText());
        Assert.Equal("in words", direct.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal(1, direct.GetProperty("structuredContent").GetProperty("n").GetInt32());
    }

    [McpServerToolType]
    private sealed class KeptTools
    {
        private static readonly CallToolResult Both = Result("in words", """{"n":1}""");
        private static readonly CallToolResult Null = Result("the text", "null");
        private static readonly CallToolResult Failure = Result("what went wrong", """{"n":2}""", isError: true);

        [McpServerTool(Name = "kept_both")]
        [Description("Text and structured content.")]
        public static CallToolResult GiveBoth() => Both;

        [McpServerTool(Name = "kept_null")]
        [Description("Text, and null as structured content.")]
        public static CallToolResult GiveNull() => Null;

        [McpServerTool(Name = "kept_failure")]
        [Description("A failure with both.")]
        public static CallToolResult GiveFailure() => Failure;

        private static CallToolResult Result(string text, string structured, bool isError = false) => new()
        {
            Content = [new TextContentBlock { Text = text }],
            StructuredContent = JsonDocument.Parse(structured).RootElement,
            IsError = isError,
        };
    }
}
