using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

public sealed class VariableTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public VariableTests()
    {
        _folder.Environment["A"] = "alpha";
        _folder.Environment["EMPTY"] = "";
        _folder.Environment["NESTED"] = "${A}";
        _folder.Environment["ODD(x86)"] = "odd";
        _folder.Write("token.txt", "secret\r\n\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${A}", "alpha")]
    [InlineData("<${A}${A}>", "<alphaalpha>")]
    [InlineData("${env:A}", "alpha")]
    [InlineData("${env:ODD(x86)}", "odd")]
    [InlineData("${ABSENT:-fallback}", "fallback")]
    [InlineData("${env:ABSENT:-fallback}", "fallback")]
    [InlineData("${A:-fallback}", "alpha")]
    [InlineData("${EMPTY:-fallback}", "fallback")]
    [InlineData("${EMPTY}", "")]
    [InlineData("${ABSENT:-}", "")]
    [InlineData("${NESTED}", "${A}")]
    [InlineData("$${A}", "${A}")]
    [InlineData("$$${A}", "$${A}")]
    [InlineData("$A $ {A} }", "$A $ {A} }")]
    [InlineData("${file:token.txt}", "secret")]
    public void Reference_IsReplaced(string text, string expected) => Assert.Equal(expected, ReadArgument(text));

    [Fact]
    public void UserHome_IsTheFolderOfTheUser() =>
        Assert.Equal(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ReadArgument("${userHome}"));

    [Fact]
    public void WorkspaceFolder_IsTheFolderOfTheFile() => Assert.Equal(_folder.Root, ReadArgument("${workspaceFolder}"));

    [Fact]
    public void WorkspaceFolder_IsTheParent_WhenTheFileIsOfVsCode()
    {
        var result = _folder.Read("""{ "servers": { "s": { "command": "${workspaceFolder}/x" } } }""", ".vscode/mcp.json");

        Assert.Equal(_folder.Root + "/x", ((StdioTransportConfig)result.Config!.Upstreams[0].Transport).Command);
    }

    [Fact]
    public void Variables_AreReplacedEverywhere_InServersAndGateway()
    {
        _folder.Environment["P"] = "9";
        var result = _folder.Read(
            """
            {
              "mcpServers": {
                "s": { "command": "${A}", "args": ["${A}"], "env": { "${A}": "${A}" }, "cwd": "${A}" },
                "u": { "url": "http://${A}/", "headers": { "x": "${A}" } }
              },
              "gateway": {
                "name": "${A}", "http": { "url": "http://127.0.0.1:${P}" }, "timeouts": { "call": "${P}s" },
                "servers": { "s": { "include": ["${A}"], "tools": { "t": { "name": "${A}" } } } }
              }
            }
            """);

        Assert.Empty(result.Issues);
        var stdio = (StdioTransportConfig)result.Config!.Upstreams[0].Transport;
        Assert.Equal(("alpha", "alpha", "alpha"), (stdio.Command, stdio.Args[0], stdio.Env["${A}"]));
        Assert.Equal(Path.Combine(_folder.Root, "alpha"), stdio.Cwd);
        var http = (HttpTransportConfig)result.Config.Upstreams[1].Transport;
        Assert.Equal(("http://alpha/", "alpha"), (http.Url.AbsoluteUri, http.Headers["x"]));
        Assert.Equal(("alpha", "http://127.0.0.1:9"), (result.Config.Gateway.Name, result.Config.Gateway.Http.Url));
        Assert.Equal(TimeSpan.FromSeconds(9), result.Config.Gateway.Timeouts.Call);
        Assert.Equal("alpha", result.Config.Upstreams[0].Include[0]);
        Assert.Equal("alpha", result.Config.Upstreams[0].Tools["t"].Name);
    }

    private string ReadArgument(string text)
    {
        var server = _folder.ReadServer($$"""{ "command": "x", "args": ["{{text}}"] }""");
        return ((StdioTransportConfig)server.Transport).Args[0];
    }
}
