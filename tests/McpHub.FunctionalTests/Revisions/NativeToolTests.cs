using McpHub.Configuration;
using McpHub.FunctionalTests.Chaos;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Revisions;

/// <summary>Tools that run in the gateway itself, from every revision.</summary>
public sealed class NativeToolTests
{
    [Fact]
    public async Task NativeTool_AnswersInTheClientsRevision()
    {
        await using var gateway = await GatewayHost.StartAsync();
        foreach (var revision in Protocol.Revisions.All)
        {
            var client = await McpClient.ConnectAsync(gateway, revision);

            var echo = await client.CallAsync("hub_echo", """{"message":"\u00e4\n\ud83d\ude00\"","more":[1.0]}""");
            Assert.Equal("ä\n😀\"", echo.Text);
            Assert.Equal(revision.IsModern(), echo.Result.TryGetProperty("resultType", out _));

            var status = (await client.CallAsync("hub_status")).Result;
            Assert.Equal(revision >= Revision.V20250618, status.TryGetProperty("structuredContent", out var structured));
            Assert.True(revision < Revision.V20250618 || structured.GetProperty("servers").GetInt32() == 0);
            Assert.Contains("servers", status.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);

            var tools = (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().ToArray();
            Assert.All(tools, t => Assert.Equal(revision >= Revision.V20250618, t.TryGetProperty("title", out _)));
            Assert.All(tools, t => Assert.Equal(revision >= Revision.V20250326, t.TryGetProperty("annotations", out _)));
        }
    }

    [Fact]
    public async Task ServerList_HasWhatItsSchemaRequires_OfServersThatAreUpAndDown()
    {
        using var port = new ReservedPort();
        await using var pair = await ChaosPair.StartAsync(
            new UpstreamConfig { Name = "bad", Transport = new HttpTransportConfig { Url = new Uri($"http://127.0.0.1:{port.Number}/mcp") } });
        var tools = (await pair.Client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray();
        var schema = tools.Single(t => t.GetProperty("name").GetString() == "hub_list_servers").GetProperty("outputSchema");
        var required = schema.GetProperty("properties").GetProperty("servers").GetProperty("items").GetProperty("required").EnumerateArray();

        var servers = (await pair.Client.CallAsync("hub_list_servers")).Result.GetProperty("structuredContent").GetProperty("servers").EnumerateArray().ToArray();

        Assert.Equal(["down", "ready"], servers.Select(s => s.GetProperty("status").GetString()).Order());
        Assert.All(required, member => Assert.All(servers, server => Assert.True(server.TryGetProperty(member.GetString()!, out _), $"{member} in {server}")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"message":5}""")]
    [InlineData("""{"message":null}""")]
    [InlineData("""{"message":"a","message":5}""")]
    [InlineData("""{"message":{"a":1}}""")]
    [InlineData("""{"message":"\ud800"}""")]
    [InlineData("""{"Message":"x"}""")]
    public async Task NativeTool_FailsAsATool_WhenItsArgumentsAreWrong(string arguments)
    {
        await using var gateway = await GatewayHost.StartAsync();
        foreach (var revision in Protocol.Revisions.All)
        {
            var answer = await (await McpClient.ConnectAsync(gateway, revision)).CallAsync("hub_echo", arguments);

            // The specification wants what the model can mend as the tool's own error (SEP-1303).
            Assert.Equal((200, 0), (answer.Status, answer.Code));
            Assert.True(answer.Result.GetProperty("isError").GetBoolean(), answer.ToString());
        }

        await gateway.StillServesAsync();
    }
}
