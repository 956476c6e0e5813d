using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>The error of 2025-11-25 by which a tool wants a page opened first (T19).</summary>
public sealed class UrlElicitationTests
{
    private const string Data = """{"elicitations":[{"mode":"url","elicitationId":"e1","message":"Sign in","url":"https://example.com/a?x=1"},{"mode":"url","elicitationId":"e2","message":"Pay","url":"javascript:alert(1)"}]}""";

    [Fact]
    public async Task ModernClient_OpensThePages_AndTheCallIsMadeAgain()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        Require(pair);

        var first = await pair.Client.CallAsync("s_ask", """{"a":1}""");

        Assert.Equal(
            ["""{"method":"elicitation/create","params":{"mode":"url","message":"Sign in","url":"https://example.com/a?x=1"}}""", """{"method":"elicitation/create","params":{"mode":"url","message":"Pay","url":"javascript:alert(1)"}}"""],
            first.InputRequests().Select(r => r.Value.GetRawText()));
        var keys = first.InputRequests().Select(r => r.Name).ToArray();

        var declined = await pair.Client.RetryAsync("s_ask", "{\"" + keys[0] + "\":{\"action\":\"accept\"},\"" + keys[1] + "\":{\"action\":\"decline\"}}", first.State(), """{"a":1}""");

        Assert.True(declined.Result.GetProperty("isError").GetBoolean());
        Assert.Single(pair.Server.Of("tools/call"));

        var other = await pair.Client.RetryAsync("s_ask", "{\"" + keys[0] + "\":{\"action\":\"accept\"}}", first.State(), """{"a":2}""");

        Assert.Equal(-32602, other.Code);
        Assert.Single(pair.Server.Of("tools/call"));

        var done = await pair.Client.RetryAsync("s_ask", "{\"" + keys[0] + "\":{\"action\":\"accept\"},\"" + keys[1] + "\":{\"action\":\"accept\"}}", first.State(), """{"a":1}""");

        Assert.Equal("done", done.Text);
        Assert.Equal(2, pair.Server.Of("tools/call").Count);
        Assert.DoesNotContain("requestState", pair.Server.Of("tools/call")[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LegacyClient_OfThatRevision_GetsTheErrorAsItIs()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2025-11-25");
        Require(pair);

        var answer = await pair.Client.CallAsync("s_ask");

        Assert.Equal(-32042, answer.Code);
        Assert.Equal(Data, answer.Error.GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("2024-11-05", null)]
    [InlineData("2025-03-26", null)]
    [InlineData("2025-06-18", null)]
    [InlineData("2026-07-28", """{"elicitation":{}}""")]
    [InlineData("2026-07-28", "{}")]
    public async Task OtherClient_GetsTheLinks_AsAToolsError(string client, string? capabilities)
    {
        await using var pair = await InputPair.StartAsync(client, "2025-11-25", capabilities);
        Require(pair);

        var answer = await pair.Client.CallAsync("s_ask");

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("https://example.com/a?x=1", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript", answer.Text, StringComparison.Ordinal);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"elicitations":[]}""")]
    [InlineData("""{"elicitations":5}""")]
    public async Task ErrorWithoutPages_IsAToolsError(string? data)
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        pair.Server.OnTool("ask", x => x.ErrorAsync(-32042, "Sign in first", data));

        var answer = await pair.Client.CallAsync("s_ask");

        Assert.False(answer.NeedsInput(), answer.ToString());
        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("Sign in first", answer.Text, StringComparison.Ordinal);
    }

    /// <summary>The first call fails, the next is good.</summary>
    private static void Require(InputPair pair)
    {
        var calls = 0;
        pair.Server.OnTool("ask", x => ++calls == 1 ? x.ErrorAsync(-32042, "Sign in first", Data) : x.TextAsync("done"));
    }
}
