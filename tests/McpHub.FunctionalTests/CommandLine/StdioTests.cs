using System.Text.Json;
using McpHub.Testing;

namespace McpHub.FunctionalTests.CommandLine;

public sealed class StdioTests
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    private const string ListTools = """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""";

    [Fact]
    public async Task Stdio_AnswersTheFirstList_AndWritesNothingButMessages()
    {
        // A warning in the configuration and a server that is down have much to say, and none of it on standard output.
        var run = await GatewayProcess.RunAsync(
            new { mcpServers = new { broken = new { command = "/no/such/program" } }, bogus = 1 },
            $"{Initialize}\n{Initialized}\n{ListTools}\n",
            "stdio");

        Assert.Equal(0, run.ExitCode);
        var answers = run.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal([1, 2], answers.Select(a => a.GetProperty("id").GetInt32()));
        Assert.Equal(7, answers[1].GetProperty("result").GetProperty("tools").GetArrayLength());
        Assert.Contains("warning $.bogus", run.Errors);
        Assert.Contains("Server broken is down", run.Errors);
    }

    [Fact]
    public async Task Stdio_ListsTheToolsOfItsServers_InTheFirstAnswer()
    {
        await using var gateway = GatewayProcess.Start(new { mcpServers = new { fix = GatewayProcess.Fixture() } }, "stdio");
        await gateway.Input.WriteLineAsync($"{Initialize}\n{Initialized}\n{ListTools}");
        await gateway.Input.FlushAsync(TestContext.Current.CancellationToken);

        var answer = await gateway.Output.WaitForAsync("\"id\":2");

        // On a very slow machine the fixture may need longer than the first answer waits: then it comes with the next.
        while (!answer.Contains("fix_test_simple_text"))
        {
            var seen = gateway.Output.All.Count;
            await gateway.Input.WriteLineAsync(ListTools);
            await gateway.Input.FlushAsync(TestContext.Current.CancellationToken);
            answer = await gateway.Output.WaitForAsync("\"id\":2", seen);
        }

        gateway.Input.Close();
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task Stdio_DoesNotWaitForAServerThatHangs()
    {
        await using var gateway = GatewayProcess.Start(new { mcpServers = new { slow = new { command = "sleep", args = new[] { "600" } } } }, "stdio");
        await gateway.Input.WriteLineAsync($"{Initialize}\n{Initialized}\n{ListTools}");
        await gateway.Input.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Contains("hub_echo", await gateway.Output.WaitForAsync("\"id\":2"));
    }

    [Fact]
    public async Task Stdio_EndsCleanly_OnSigterm_WhileItsInputIsOpen()
    {
        await using var gateway = GatewayProcess.Start(configuration: null, "stdio");
        await gateway.Input.WriteLineAsync(Initialize);
        await gateway.Input.FlushAsync(TestContext.Current.CancellationToken);
        await gateway.Output.WaitForAsync("\"id\":1");

        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task Stdio_ServesOverHttpToo_WhenAsked()
    {
        await using var gateway = GatewayProcess.Start(configuration: null, "stdio", "--http", "--url", "http://127.0.0.1:0");

        var line = await gateway.Errors.WaitForAsync("MCP endpoint: ");
        using var http = new HttpClient { Timeout = Patience.Limit };
        var health = await http.GetStringAsync(new Uri(new Uri(line["MCP endpoint: ".Length..]), "/health/ready"), TestContext.Current.CancellationToken);
        Assert.Contains("\"ready\"", health);

        gateway.Input.Close();
        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.Empty(gateway.Output.All);
    }

    [Fact]
    public async Task Stdio_EndsWithTwo_OnAnInvalidConfiguration()
    {
        var run = await GatewayProcess.RunAsync("{", "", "stdio");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("not JSON", run.Errors);
        Assert.Empty(run.Output);
    }
}
