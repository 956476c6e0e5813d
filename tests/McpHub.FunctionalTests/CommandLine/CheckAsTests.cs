using System.Text.Json;
using McpHub.Security.Authentication;
using McpHub.Testing;

namespace McpHub.FunctionalTests.CommandLine;

/// <summary><c>check --as</c>: what a caller may have, and by which rule.</summary>
public sealed class CheckAsTests
{
    private static readonly object Configuration = new
    {
        gateway = new
        {
            policy = new
            {
                rules = new object[]
                {
                    new { id = "devs", effect = "allow", callers = new { roles = new[] { "dev" }, claims = new { team = new[] { "core" } } }, tools = new[] { "hub_status", "hub_echo" } },
                    new { id = "quiet", effect = "deny", tools = new[] { "hub_echo" }, arguments = new[] { new { at = "/message", equals = "x" } } },
                    new { id = "scoped", effect = "allow", callers = new { scopes = new[] { "a", "b" } }, tools = new[] { "hub_list_servers" }, stepUp = true },
                },
            },
        },
    };

    [Fact]
    public async Task CheckAs_ShowsWhatACallerMayHave_AndWhichRuleDecides()
    {
        var run = await GatewayProcess.RunAsync(Configuration, "", "check", "--as", "subject=ann,role=dev,claim:team=core");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("(?m)^tool hub_status +native +yes +devs$", run.Output);
        Assert.Matches("(?m)^tool hub_echo +native +depends on the arguments +devs$", run.Output);
        Assert.Matches("(?m)^tool hub_list_servers +native +needs the scopes a b +scoped$", run.Output);
    }

    [Fact]
    public async Task CheckAs_TellsTheSameAsJson()
    {
        var run = await GatewayProcess.RunAsync(Configuration, "", "check", "--json", "--as", "anonymous");

        var access = JsonElement.Parse(run.Output).GetProperty("access").EnumerateArray().ToDictionary(a => a.GetProperty("name").GetString()!);
        Assert.Equal(("no", "default", false), Row("hub_status"));
        Assert.Equal(("needs the scopes a b", "scoped", true), Row("hub_list_servers"));

        (string?, string?, bool) Row(string name) =>
            (access[name].GetProperty("answer").GetString(), access[name].GetProperty("rule").GetString(), access[name].GetProperty("visible").GetBoolean());
    }

    [Fact]
    public async Task CheckAsToken_ShowsWhatItsOwnerMayHave()
    {
        var key = ApiKeys.NewKey("mhk_");
        var configuration = WithKey(key);

        var run = await GatewayProcess.RunAsync(configuration, "", "check", "--as-token", key);
        var own = await GatewayProcess.RunAsync(WithKey("a key of before"), "", "check", "--as-token", "a key of before");
        var piped = await GatewayProcess.RunAsync(configuration, key + "\n", "check", "--as-token", "-");

        Assert.Equal((0, 0, 0), (run.ExitCode, own.ExitCode, piped.ExitCode));
        Assert.All([run, own, piped], r => Assert.Matches("(?m)^tool hub_status +native +yes +devs$", r.Output));
    }

    [Fact]
    public async Task CheckAsToken_SaysWhy_WhenItIsNotGood()
    {
        var stranger = await GatewayProcess.RunAsync(WithKey(ApiKeys.NewKey("mhk_")), "", "check", "--as-token", ApiKeys.NewKey("mhk_"));
        var nowhere = await GatewayProcess.RunAsync(Configuration, "", "check", "--as-token", "x");
        var both = await GatewayProcess.RunAsync(Configuration, "", "check", "--as-token", "x", "--as", "anonymous");

        Assert.Equal((1, 1, 2), (stranger.ExitCode, nowhere.ExitCode, both.ExitCode));
        Assert.Contains("not good at the endpoint of all servers: api_key", stranger.Errors, StringComparison.Ordinal);
        Assert.Contains("there is no authentication", nowhere.Errors, StringComparison.Ordinal);
        Assert.Contains("Leave one of them out", both.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolsAndCall_AreThoseOfTheLocalIdentity_OrOfAnotherCaller()
    {
        var local = await GatewayProcess.RunAsync(WithKey(ApiKeys.NewKey("mhk_")), "", "tools");
        var ann = await GatewayProcess.RunAsync(Configuration, "", "tools", "--as", "role=dev,claim:team=core");
        var refused = await GatewayProcess.RunAsync(Configuration, "", "call", "hub_status");
        var answered = await GatewayProcess.RunAsync(Configuration, "", "call", "hub_status", "--as", "role=dev,claim:team=core");

        Assert.Contains("hub_status", local.Output, StringComparison.Ordinal);
        Assert.Contains("hub_status", ann.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hub_echo", local.Output, StringComparison.Ordinal);
        Assert.Equal((1, 0), (refused.ExitCode, answered.ExitCode));
    }

    [Theory]
    [InlineData("name=ann")]
    [InlineData("ann")]
    [InlineData("claim:=x")]
    public async Task CheckAs_SaysHowACallerIsWritten_WhenItIsNot(string caller)
    {
        var run = await GatewayProcess.RunAsync(Configuration, "", "check", "--as", caller);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("says nothing of a caller. Write it as subject=NAME", run.Errors, StringComparison.Ordinal);
    }

    private static object WithKey(string key) => new
    {
        gateway = new
        {
            auth = new
            {
                apiKeys = new[] { new { name = "ann", hash = ApiKeys.HashOf(key), roles = new[] { "dev" } } },
                stdio = new { subject = "me", roles = new[] { "dev" } },
            },
            policy = new { rules = new[] { new { id = "devs", effect = "allow", callers = new { roles = new[] { "dev" } }, tools = new[] { "hub_status" } } } },
        },
    };
}
