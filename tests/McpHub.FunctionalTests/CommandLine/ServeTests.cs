using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using McpHub.Testing;

namespace McpHub.FunctionalTests.CommandLine;

public sealed class ServeTests
{
    private static readonly HttpClient Http = new() { Timeout = Patience.Limit };

    [Fact]
    public async Task Serve_TellsHowToReachIt_AndAnswers()
    {
        await using var gateway = await GatewayProcess.ServeAsync(new { mcpServers = new { fix = GatewayProcess.Fixture() } });

        // The table is written once, after some seconds, however far the servers are by then.
        await gateway.Output.WaitForAsync(line => line.StartsWith("fix ", StringComparison.Ordinal), "fix …");
        var text = gateway.Output.Text;
        Assert.Contains($"Configuration: {gateway.ConfigurationFile}", text);
        var pasted = JsonDocument.Parse(text[text.IndexOf('{')..(text.LastIndexOf('}') + 1)]).RootElement;
        Assert.Equal(gateway.Endpoint, new Uri(pasted.GetProperty("mcpServers").GetProperty("mcphub").GetProperty("url").GetString()!));
        await UntilListedAsync(gateway.Endpoint, "fix_test_simple_text");
    }

    [Fact]
    public async Task Serve_ServesTheBuiltInTools_WithoutAConfiguration()
    {
        await using var gateway = await GatewayProcess.ServeAsync(configuration: null);

        Assert.Contains("No configuration in this folder", gateway.Output.Text);
        Assert.Equal(["hub_echo", "hub_status", "hub_list_servers", "hub_batch", "hub_stream_start", "hub_stream_read", "hub_stream_cancel"], await ListToolsAsync(gateway.Endpoint));
    }

    [Fact]
    public async Task Serve_IsTheCommand_WhenNoneIsGiven()
    {
        await using var gateway = GatewayProcess.Start(configuration: null, "--url", "http://127.0.0.1:0");

        await gateway.Output.WaitForAsync("MCP endpoint: http://127.0.0.1:");
    }

    [Fact]
    public async Task Serve_ShowsWhyAServerIsDown()
    {
        await using var gateway = await GatewayProcess.ServeAsync(new { mcpServers = new { broken = new { command = "/no/such/program" } } });

        await gateway.Output.WaitForAsync("broken: The program '/no/such/program' was not found");
        Assert.Contains("hub_echo", await ListToolsAsync(gateway.Endpoint));
    }

    [Fact]
    public async Task Serve_AnswersMetricsAndHealth()
    {
        await using var gateway = await GatewayProcess.ServeAsync(new { mcpServers = new { broken = new { command = "/no/such/program" } } });
        await ListToolsAsync(gateway.Endpoint);

        var metrics = await Http.GetStringAsync(gateway.At("/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains("mcp_server_operation_duration_seconds_count{mcp_method_name=\"tools/list\"", metrics);
        Assert.Contains("mcphub_upstreams{mcphub_upstream_status=\"ready\"} 0", metrics);
        Assert.Equal("""{"status":"live"}""", await Http.GetStringAsync(gateway.At("/health/live"), TestContext.Current.CancellationToken));
        Assert.Equal("""{"status":"ready","upstreams":{"ready":0,"total":1}}""", await Http.GetStringAsync(gateway.At("/health/ready"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Serve_HidesItsServerHeader_AndMetricsWhereTheyAreNotWanted()
    {
        await using var gateway = await GatewayProcess.ServeAsync(new { gateway = new { telemetry = new { prometheus = false } } });

        var answer = await Http.GetAsync(gateway.At("/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Serve_SaysSo_WhenThePortIsInUse()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var run = await GatewayProcess.RunAsync(configuration: null, "", "serve", "--url", url);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"mcphub: {url} is in use by another program. End that, or choose another address with --url or gateway.http.url.", run.Errors);
    }

    [Fact]
    public async Task Serve_TellsEveryIssue_OfAnInvalidConfiguration()
    {
        var run = await GatewayProcess.RunAsync("""{ "mcpServers": { "a": { "command": "" } }, "gateway": { "pageSize": "x", "bogus": 1 } }""", "", "serve");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("2 errors, 1 warning", run.Errors);
        Assert.Contains("error $.mcpServers.a.command", run.Errors);
        Assert.Contains("error $.gateway.pageSize", run.Errors);
        Assert.Contains("warning $.gateway.bogus", run.Errors);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("--config", "missing.json", "does not exist")]
    [InlineData("--url", "http://0.0.0.0:8080", "there is no authentication")]
    [InlineData("--url", "8080", "is not an absolute http or https URL")]
    [InlineData("--log-level", "loud", "Must be one of")]
    [InlineData("--nonsense", "x", "Unrecognized")]
    public async Task Serve_EndsWithTwo_OnBadUsage(string option, string value, string message)
    {
        var run = await GatewayProcess.RunAsync(configuration: null, "", "serve", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Serve_AppliesAChangedConfiguration_AndTellsTheDifference()
    {
        await using var gateway = await GatewayProcess.ServeAsync(new { mcpServers = new { old = new { command = "/no/such/program" } } });

        gateway.Configure(new { mcpServers = new { fix = GatewayProcess.Fixture() }, gateway = new { pageSize = 7, http = new { path = "/other" } } });

        await gateway.Output.WaitForAsync("is applied:");
        await gateway.Output.WaitForAsync(line => line.StartsWith("fix ", StringComparison.Ordinal), "fix …");
        Assert.Contains("  + fix", gateway.Output.All);
        Assert.Contains("  - old", gateway.Output.All);
        Assert.Contains("  ~ gateway.pageSize: 1000 -> 7", gateway.Output.All);
        Assert.Contains("Restart the gateway for gateway.http.path", gateway.Output.Text);
        await UntilListedAsync(gateway.Endpoint, "fix_test_simple_text");
    }

    [Fact]
    public async Task Serve_GoesOnWithTheOldConfiguration_WhenTheNewOneIsInvalid()
    {
        await using var gateway = await GatewayProcess.ServeAsync("""{ "gateway": { "builtInTools": true } }""");

        gateway.Configure("""{ "gateway": { "builtInTools": 3, "pageSize": "x" } }""");

        await gateway.Errors.WaitForAsync("is not applied; the configuration before it goes on serving.");
        Assert.Contains("error $.gateway.builtInTools", gateway.Errors.Text);
        Assert.Contains("error $.gateway.pageSize", gateway.Errors.Text);
        Assert.Contains("hub_echo", await ListToolsAsync(gateway.Endpoint));
    }

    [Fact]
    public async Task Serve_EndsCleanly_OnSigterm()
    {
        await using var gateway = await GatewayProcess.ServeAsync(new { mcpServers = new { fix = GatewayProcess.Fixture() } });
        await gateway.Errors.WaitForAsync("Server fix is ready");

        Assert.Equal(0, await gateway.StopAsync());
        Assert.DoesNotContain("ERR", gateway.Errors.Text);
    }

    [Fact]
    public async Task Serve_WritesItsLogToAFile_Too()
    {
        await using var gateway = await GatewayProcess.ServeAsync(
            new { mcpServers = new { broken = new { command = "/no/such/program" } } }, "--log-file", "hub.log");
        await gateway.Errors.WaitForAsync("Server broken is down");
        await gateway.StopAsync();

        var file = Assert.Single(Directory.GetFiles(gateway.Folder, "hub*.log"));
        Assert.Contains("Server broken is down", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    private static Task UntilListedAsync(Uri endpoint, string tool) =>
        Patience.UntilAsync(async () => (await ListToolsAsync(endpoint)).Contains(tool), $"{tool} is listed");

    private static async Task<string[]> ListToolsAsync(Uri endpoint)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = JsonContent.Create(JsonDocument.Parse(
                """
                {
                  "jsonrpc": "2.0", "id": 1, "method": "tools/list",
                  "params": { "_meta": { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} } }
                }
                """)),
        };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "tools/list");
        using var response = await Http.SendAsync(request);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. answer.GetProperty("result").GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()!)];
    }
}
