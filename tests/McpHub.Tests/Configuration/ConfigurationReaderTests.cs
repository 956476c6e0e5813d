using System.Text;
using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_GivesTheDefaults_WhenTheFileIsAnEmptyObject()
    {
        var result = _folder.Read("{}");

        Assert.Empty(result.Issues);
        Assert.False(result.HasErrors);
        Assert.Empty(result.Config!.Upstreams);
        Assert.Equal(new TimeoutsConfig(), result.Config.Gateway.Timeouts);
        Assert.Equal(Path.Combine(_folder.Root, "mcphub.json"), result.Config.Path);
    }

    [Fact]
    public void Read_TakesCommentsTrailingCommasAndAMark()
    {
        var path = Path.Combine(_folder.Root, "mcphub.json");
        File.WriteAllText(path, "// a\n{ /* b */ \"mcpServers\": { \"s\": { \"command\": \"x\", }, }, }\n// c", new UTF8Encoding(true));

        var result = ConfigurationReader.Read(path, _folder.Environment);

        Assert.Empty(result.Issues);
        Assert.Equal("s", Assert.Single(result.Config!.Upstreams).Name);
    }

    [Fact]
    public void Server_IsReadInFull_WhenItIsAProcess()
    {
        var server = _folder.ReadServer("""{ "type": "stdio", "command": "npx", "args": ["-y", ""], "env": { "A": "1" }, "cwd": "sub" }""");

        var stdio = Assert.IsType<StdioTransportConfig>(server.Transport);
        Assert.Equal("npx", stdio.Command);
        Assert.Equal(["-y", ""], stdio.Args);
        Assert.Equal("1", stdio.Env["A"]);
        Assert.Equal(Path.Combine(_folder.Root, "sub"), stdio.Cwd);
        Assert.False(server.Disabled);
    }

    [Theory]
    [InlineData("", HttpFlavour.Auto)]
    [InlineData("http", HttpFlavour.Auto)]
    [InlineData("streamable-http", HttpFlavour.Streamable)]
    [InlineData("streamableHttp", HttpFlavour.Streamable)]
    [InlineData("sse", HttpFlavour.Sse)]
    public void Server_HasTheFlavourOfItsType_WhenItIsRemote(string type, HttpFlavour flavour)
    {
        var server = _folder.ReadServer(
            $$"""{ {{(type.Length == 0 ? "" : $"\"type\": \"{type}\",")}} "url": "https://e.com/mcp?k=1", "headers": { "Authorization": "Bearer x" } }""");

        var http = Assert.IsType<HttpTransportConfig>(server.Transport);
        Assert.Equal(flavour, http.Flavour);
        Assert.Equal("https://e.com/mcp?k=1", http.Url.AbsoluteUri);
        Assert.Equal("Bearer x", http.Headers["authorization"]);
    }

    [Fact]
    public void Servers_ComeInTheOrderOfTheFile_FromBothSections()
    {
        var result = _folder.Read(
            """{ "servers": { "b": { "command": "x" }, "a": { "command": "x" } }, "mcpServers": { "0": { "command": "x" } } }""");

        Assert.Empty(result.Issues);
        Assert.Equal(["b", "a", "0"], result.Config!.Upstreams.Select(upstream => upstream.Name));
    }

    [Fact]
    public void EnvFile_IsReadBeneathEnv()
    {
        _folder.Write("a.env", "# comment\n\nexport A=1\nB = \"two words\"  \nC='$x' \nD=a#b # rest\r\nE=\"l1\\nl2\"\nF=\n");

        var server = _folder.ReadServer("""{ "command": "x", "envFile": "a.env", "env": { "A": "own" } }""");

        var env = Assert.IsType<StdioTransportConfig>(server.Transport).Env;
        Assert.Equal("own", env["A"]);
        Assert.Equal("two words", env["B"]);
        Assert.Equal("$x", env["C"]);
        Assert.Equal("a#b", env["D"]);
        Assert.Equal("l1\nl2", env["E"]);
        Assert.Equal("", env["F"]);
    }

    [Fact]
    public void Overlay_GoesIntoTheServer()
    {
        var result = _folder.Read(
            """
            {
              "mcpServers": { "my files": { "command": "x" }, "off": { "command": "y", "env": { "T": "${UNSET}" } } },
              "gateway": { "servers": {
                "my files": {
                  "prefix": "fs", "include": ["a*"], "exclude": ["b?"], "category": "docs", "timeout": "1.5s",
                  "tools": { "a.b": { "name": "ab", "description": "d", "category": "c", "timeout": "500ms" } } },
                "off": { "disabled": true } } }
            }
            """);

        Assert.NotNull(result.Config);
        var files = result.Config.Upstreams[0];
        Assert.Equal("fs", files.Prefix);
        Assert.Equal(["a*"], files.Include);
        Assert.Equal(["b?"], files.Exclude);
        Assert.Equal("docs", files.Category);
        Assert.Equal(TimeSpan.FromSeconds(1.5), files.Timeout);
        var expected = new ToolConfig { Name = "ab", Description = "d", Category = "c", Timeout = TimeSpan.FromMilliseconds(500) };
        Assert.Equal(expected, files.Tools["a.b"]);
        Assert.True(result.Config.Upstreams[1].Disabled);
    }

    [Fact]
    public void Gateway_IsReadInFull()
    {
        var gateway = _folder.ReadGateway(
            """
            {
              "name": "n", "instructions": "i", "builtInTools": false, "pageSize": 7,
              "http": { "url": "http://0.0.0.0:0", "path": "/a/b", "allowRemote": true,
                        "allowedOrigins": ["*", "vscode-webview://x"], "allowedHosts": ["h.example", "10.0.0.1", "[::1]"] },
              "naming": { "prefix": "never", "separator": "-" },
              "timeouts": { "start": "1s", "probe": "2s", "call": "3m", "drain": "4h" },
              "sizes": { "request": "512KB", "response": 2048 },
              "sessions": { "idle": "48h", "max": 5 },
              "state": { "path": "/var/lib/mcphub" },
              "telemetry": { "prometheus": false,
                             "otlp": { "endpoint": "https://o/", "protocol": "http/protobuf", "headers": { "k": "v" } } }
            }
            """);

        Assert.Equal(("n", "i", false, 7), (gateway.Name, gateway.Instructions, gateway.BuiltInTools, gateway.PageSize));
        Assert.Equal(("http://0.0.0.0:0", "/a/b", true), (gateway.Http.Url, gateway.Http.Path, gateway.Http.AllowRemote));
        Assert.Equal(["*", "vscode-webview://x"], gateway.Http.AllowedOrigins);
        Assert.Equal(["h.example", "10.0.0.1", "[::1]"], gateway.Http.AllowedHosts);
        Assert.Equal(new NamingConfig { Prefix = PrefixMode.Never, Separator = "-" }, gateway.Naming);
        Assert.Equal(TimeSpan.FromSeconds(1), gateway.Timeouts.Start);
        Assert.Equal(TimeSpan.FromSeconds(2), gateway.Timeouts.Probe);
        Assert.Equal(TimeSpan.FromMinutes(3), gateway.Timeouts.Call);
        Assert.Equal(TimeSpan.FromHours(4), gateway.Timeouts.Drain);
        Assert.Equal(new SizesConfig { Request = 512 * 1024, Response = 2048 }, gateway.Sizes);
        Assert.Equal(new SessionsConfig { Idle = TimeSpan.FromDays(2), Max = 5 }, gateway.Sessions);
        Assert.Equal(new StateConfig { Path = "/var/lib/mcphub" }, gateway.State);
        Assert.False(gateway.Telemetry.Prometheus);
        Assert.Equal("https://o/", gateway.Telemetry.Otlp!.Endpoint.AbsoluteUri);
        Assert.Equal("http/protobuf", gateway.Telemetry.Otlp.Protocol);
        Assert.Equal("v", gateway.Telemetry.Otlp.Headers["k"]);
    }

    [Fact]
    public void Read_ReportsEveryMistake_InTheOrderOfTheFile()
    {
        var result = _folder.Read(
            """
            {
              "mcpServers": {
                "a": { "command": "" },
                "b": { "url": "ftp://x" }
              },
              "gateway": { "pageSize": 0, "http": { "path": "mcp" } }
            }
            """);

        Assert.Null(result.Config);
        Assert.Equal(
            ["$.mcpServers.a.command", "$.mcpServers.b.url", "$.gateway.pageSize", "$.gateway.http.path"],
            result.Issues.Select(issue => issue.Path));
        Assert.Equal((3, 23), (result.Issues[0].Line, result.Issues[0].Column));
        Assert.Equal(
            "error $.mcpServers.a.command (line 3, column 23): \"\" is empty. Name the program, for example \"npx\".",
            result.Issues[0].ToString());
    }

    [Fact]
    public void Read_ReportsTheFile_WhenItIsNotThere()
    {
        var absent = ConfigurationReader.Read(Path.Combine(_folder.Root, "absent.json"));
        var folder = ConfigurationReader.Read(_folder.Root);

        Assert.Contains("does not exist", Assert.Single(absent.Issues).Problem, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Single(folder.Issues).Problem, StringComparison.Ordinal);
        Assert.True(absent.HasErrors && folder.HasErrors);
    }
}
