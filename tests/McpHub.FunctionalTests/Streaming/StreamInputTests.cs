using McpHub.Testing;

namespace McpHub.FunctionalTests.Streaming;

/// <summary>Servers that ask for something during a stream, whose caller had its answer long ago.</summary>
public sealed class StreamInputTests
{
    private const string Capabilities = """{"sampling":{},"elicitation":{}}""";
    private const string Form = """{"message":"Which?","requestedSchema":{"type":"object","properties":{}}}""";

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task ModernServer_ThatNeedsInput_FailsTheStreamWithAClearError(string client)
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, FakeOffer.OfTools("ask"));
        server.OnTool("ask", x => x.ResultAsync(
            """{"resultType":"input_required","inputRequests":{"q":{"method":"elicitation/create","params":""" + Form + "}},\"requestState\":\"s\"}"));
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await using var caller = await StreamCaller.OpenAsync(gateway, client, capabilities: Capabilities);

        var (_, last) = await caller.ReadAllAsync(await caller.StartAsync("s_ask", "{}"));

        Assert.Equal("failed", last.GetProperty("status").GetString());
        Assert.Contains("The server needs input", last.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(gateway.Log.Faults);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task LegacyServer_ThatAsks_IsRefused_AndItsStreamGoesOn(string client)
    {
        var got = "";
        await using var server = await FakeUpstream.StartAsync(Protocol.Revision.V20251125, FakeOffer.OfTools("ask"));
        server.OnTool("ask", async x =>
        {
            got = await server.AskAsync(x, "elicitation/create", Form);
            await x.TextAsync("done");
        });
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await using var caller = await StreamCaller.OpenAsync(gateway, client, capabilities: Capabilities);

        var (_, last) = await caller.ReadAllAsync(await caller.StartAsync("s_ask", "{}"));

        Assert.Equal("completed", last.GetProperty("status").GetString());
        Assert.Contains("does not relay 'elicitation/create'", got, StringComparison.Ordinal);
        Assert.Empty(gateway.Log.Faults);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task StdioServer_ThatAsks_IsRefused_AndItsStreamGoesOn(string client)
    {
        await using var gateway = await GatewayHost.StartAsync(StdioUpstreams.Config("s", "legacy"));
        await using var caller = await StreamCaller.OpenAsync(gateway, client, capabilities: Capabilities);

        var (_, last) = await caller.ReadAllAsync(await caller.StartAsync("s_ask", "{}"));

        Assert.Equal("completed", last.GetProperty("status").GetString());
        Assert.Contains(gateway.Log.Lines, l => l.Contains("asked for 'sampling/createMessage', which the gateway does not relay", StringComparison.Ordinal));
        Assert.Empty(gateway.Log.Faults);
    }
}
