using System.Text.Json;
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
}
