using System.Text.Json;
using System.Xml.Linq;
using McpHub.Testing;

namespace McpHub.FunctionalTests.CommandLine;

/// <summary><c>compose validate</c>, <c>run</c> and <c>draw</c>.</summary>
public sealed class ComposeTests : IDisposable
{
    private const string Good = """
        {
          "name": "twice",
          "description": "Says it twice.",
          "inputSchema": { "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] },
          "steps": [
            { "id": "one", "tool": "hub_echo", "arguments": { "message": "${/input/text}" } },
            { "id": "two", "tool": "hub_echo", "arguments": { "message": "${/steps/one}!" }, "when": { "at": "/steps/one", "exists": true } }
          ],
          "output": "${/steps/one} ${/steps/two}"
        }
        """;

    private static readonly object NoServers = new { mcpServers = new { } };

    private readonly string _folder = Directory.CreateTempSubdirectory("mcphub-compose-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Validate_SaysThatAllIsWell()
    {
        var run = await GatewayProcess.RunAsync(NoServers, "", "compose", "validate", Write(Good));

        Assert.Equal((0, "twice: 2 steps, all is well."), (run.ExitCode, run.Output.Trim()));
    }

    [Fact]
    public async Task Validate_TellsEveryMistake_WithItsLine()
    {
        var file = Write(Good.Replace("/steps/one}!", "/steps/oen}!", StringComparison.Ordinal).Replace("\"output\"", "\"ouput\"", StringComparison.Ordinal));

        var run = await GatewayProcess.RunAsync(NoServers, "", "compose", "validate", file, "--json");

        Assert.Equal(2, run.ExitCode);
        var issues = JsonElement.Parse(run.Output).GetProperty("issues").EnumerateArray().ToArray();
        Assert.Equal(["$.steps[1].arguments.message", "$.ouput"], issues.Select(i => i.GetProperty("path").GetString()));
        Assert.Equal([7, 9], issues.Select(i => i.GetProperty("line").GetInt32()));
        Assert.Equal("Did you mean /steps/one?", issues[0].GetProperty("mend").GetString());
    }

    [Fact]
    public async Task Validate_ChecksTheFlowAgainstTheTools_UnlessOffline()
    {
        var missing = Write(Good.Replace("hub_echo", "hub_ecco", StringComparison.Ordinal));
        var wrong = Write(Good.Replace("\"message\": \"${/input/text}\"", "\"message\": 7", StringComparison.Ordinal));

        var first = await GatewayProcess.RunAsync(NoServers, "", "compose", "validate", missing);
        var second = await GatewayProcess.RunAsync(NoServers, "", "compose", "validate", wrong);
        var offline = await GatewayProcess.RunAsync(NoServers, "", "compose", "validate", wrong, "--offline");

        Assert.Equal((1, 2, 0), (first.ExitCode, second.ExitCode, offline.ExitCode));
        Assert.Contains("Did you mean hub_echo?", first.Errors, StringComparison.Ordinal);
        Assert.Contains("$.steps[0].arguments.message", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CallsIt_WithTheToolsOfTheConfiguration()
    {
        var file = Write(Good);

        var run = await GatewayProcess.RunAsync(NoServers, "", "compose", "run", file, """{"text":"hi"}""");
        var json = await GatewayProcess.RunAsync(NoServers, "", "compose", "run", file, """{"text":"hi"}""", "--json");
        var failed = await GatewayProcess.RunAsync(NoServers, "", "compose", "run", file);

        Assert.Equal((0, "hi hi!"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal(2, JsonElement.Parse(json.Output.Split('\n')[0]).GetProperty("_meta").GetProperty("io.mcphub/steps").GetArrayLength());
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("'text' is missing", failed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draw_ShowsTheGraph_AsTextAndAsAPicture()
    {
        var file = Write(Good);

        var text = await GatewayProcess.RunAsync(NoServers, "", "compose", "draw", file);
        var svg = await GatewayProcess.RunAsync(NoServers, "", "compose", "draw", file, "--format", "svg");

        Assert.Equal("twice\n   1  one  hub_echo\n   2  two  hub_echo  <- one  [when]", text.Output.ReplaceLineEndings("\n").TrimEnd());
        var drawing = XDocument.Parse(svg.Output);
        Assert.Equal(2, drawing.Descendants().Count(e => e.Name.LocalName == "g"));
        Assert.Single(drawing.Descendants(), e => e.Attribute("marker-end") is not null);
    }

    private string Write(string definition)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".json");
        File.WriteAllText(path, definition);
        return path;
    }
}
