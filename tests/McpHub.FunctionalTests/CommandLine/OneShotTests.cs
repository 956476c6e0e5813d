using System.Text.Json;
using McpHub.Testing;

namespace McpHub.FunctionalTests.CommandLine;

/// <summary><c>check</c>, <c>tools</c> and <c>call</c>: they start the servers, do one thing, and end.</summary>
public sealed class OneShotTests
{
    private static readonly object Working = new { mcpServers = new { fix = GatewayProcess.Fixture() } };

    private static readonly object HalfBroken = new
    {
        mcpServers = new { fix = GatewayProcess.Fixture("legacy"), broken = new { command = "/no/such/program" } },
    };

    private static readonly object Hanging = new { mcpServers = new { slow = new { command = "sleep", args = new[] { "600" } } } };

    [Fact]
    public async Task Check_ShowsEachServer_AndEndsWithZero_WhenAllAreUp()
    {
        var run = await GatewayProcess.RunAsync(Working, "", "check");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"(?m)^fix +stdio +ready +2026-07-28 \(modern\) +mcphub-conformance-fixture", run.Output);
        Assert.Contains("[1/1] fix: ready", run.Errors);
    }

    [Fact]
    public async Task Check_EndsWithOne_WhenAServerIsDown()
    {
        var run = await GatewayProcess.RunAsync(HalfBroken, "", "check", "--json");

        Assert.Equal(1, run.ExitCode);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.False(report.GetProperty("ok").GetBoolean());
        var servers = report.GetProperty("servers");
        Assert.Equal("legacy", servers[0].GetProperty("era").GetString());
        Assert.True(servers[0].GetProperty("tools").GetInt32() > 10);
        Assert.Equal("down", servers[1].GetProperty("state").GetString());
        Assert.Contains("was not found", servers[1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Check_EndsWithTwo_WhenTheConfigurationIsInvalid()
    {
        var run = await GatewayProcess.RunAsync("""{ "gateway": { "pageSize": "x" } }""", "", "check", "--json");

        Assert.Equal(2, run.ExitCode);
        var issue = JsonDocument.Parse(run.Output).RootElement.GetProperty("issues")[0];
        Assert.Equal("$.gateway.pageSize", issue.GetProperty("path").GetString());
        Assert.Equal("error", issue.GetProperty("severity").GetString());
    }

    [Theory]
    [InlineData(1, "check", "--wait", "200ms")]
    [InlineData(1, "tools", "--wait", "200ms")]
    [InlineData(1, "call", "slow_anything", "--wait", "200ms")]
    [InlineData(0, "call", "hub_echo", """{"message":"hi"}""")]
    public async Task Commands_DoNotHang_WhenAServerHangs(int exitCode, params string[] arguments)
    {
        var run = await GatewayProcess.RunAsync(Hanging, "", arguments);

        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task Tools_ShowsNameServerCategoryAndDescription()
    {
        var run = await GatewayProcess.RunAsync(Working, "", "tools");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"(?m)^fix_test_simple_text +fix +fix +Returns one text block\.$", run.Output);
        Assert.Matches(@"(?m)^hub_echo +native +hub +Answers", run.Output);
    }

    [Fact]
    public async Task Tools_GivesWholeEntries_AsJson_OfOneServer()
    {
        var run = await GatewayProcess.RunAsync(HalfBroken, "", "tools", "--json", "--server", "fix");

        Assert.Equal(0, run.ExitCode);
        var tools = JsonDocument.Parse(run.Output).RootElement.EnumerateArray().ToArray();
        Assert.All(tools, t => Assert.Equal("fix", t.GetProperty("server").GetString()));
        Assert.All(tools, t => Assert.Equal(JsonValueKind.Object, t.GetProperty("tool").GetProperty("inputSchema").ValueKind));
    }

    [Fact]
    public async Task Tools_TellsWhoseToolsAreMissing_AndEndsWithOne()
    {
        var run = await GatewayProcess.RunAsync(HalfBroken, "", "tools");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the tools of broken are missing: The program", run.Errors);
    }

    [Fact]
    public async Task Tools_EndsWithTwo_ForAServerThatIsNotThere()
    {
        var run = await GatewayProcess.RunAsync(Working, "", "tools", "--server", "nobody");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("There are: fix, native.", run.Errors);
    }

    [Fact]
    public async Task Call_PrintsTheText()
    {
        var run = await GatewayProcess.RunAsync(Working, "", "call", "fix_test_multiple_content_types");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[image image/png]", run.Output);
    }

    [Fact]
    public async Task Call_ReadsItsArguments_FromStandardInput()
    {
        var run = await GatewayProcess.RunAsync(configuration: null, "{ \"message\":\n \"hello\" }", "call", "hub_echo", "-", "--json");

        Assert.Equal(0, run.ExitCode);
        var result = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("hello", result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Call_EndsWithOne_WhenTheToolFails()
    {
        var run = await GatewayProcess.RunAsync(Working, "", "call", "fix_test_error_handling");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.NotEmpty(run.Errors);
    }

    [Fact]
    public async Task Call_EndsWithOne_ForAnUnknownTool_AndTellsWhoIsMissing()
    {
        var run = await GatewayProcess.RunAsync(HalfBroken, "", "call", "broken_tool");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("mcphub: Unknown tool: broken_tool", run.Errors);
        Assert.Contains("the tools of broken are missing", run.Errors);
    }

    [Theory]
    [InlineData("[]", "have to be a JSON object")]
    [InlineData("{", "are not valid JSON")]
    public async Task Call_EndsWithTwo_ForArgumentsThatAreNone(string arguments, string message)
    {
        var run = await GatewayProcess.RunAsync(configuration: null, "", "call", "hub_echo", arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors);
    }

    [Theory]
    [InlineData("--help", "A first mcphub.json")]
    [InlineData("serve --help", "Example: serve the servers of a file")]
    [InlineData("stdio --help", "\"args\": [\"stdio\"")]
    [InlineData("check --help", "mcphub check --json")]
    [InlineData("tools --help", "mcphub tools --server")]
    [InlineData("call --help", "mcphub call hub_echo")]
    [InlineData("--version", "0.")]
    public async Task Help_HasAnExample(string arguments, string expected)
    {
        var run = await GatewayProcess.RunAsync(configuration: null, "", arguments.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output);
    }
}
