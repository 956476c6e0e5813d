using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.CommandLine;

/// <summary><c>token</c>: from nothing to a call that is let in.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task Key_Configuration_AndToken_FitTogether()
    {
        var folder = Directory.CreateTempSubdirectory("mcphub-").FullName;
        var pem = Path.Combine(folder, "development.pem");
        var made = await GatewayProcess.RunAsync(null, "", "token", "--new-key", pem);
        Assert.Equal(0, made.ExitCode);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(pem));
        }

        const string Resource = "https://gw.example.com/mcp";
        var configuration = made.Output.Replace("\"issuers\"", $"\"resource\": \"{Resource}\", \"issuers\"", StringComparison.Ordinal);
        var issued = await GatewayProcess.RunAsync(configuration, "", "token", "--subject", "alice", "--scope", "a", "b", "--role", "admin", "--claim", "team=x", "--client", "cli");
        Assert.True(issued.ExitCode == 0, issued.Errors);
        var claims = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(issued.Output.Split('.')[1]));
        Assert.Equal(("alice", Resource, "a b", "admin", "x", "cli"), (Text("sub"), Text("aud"), Text("scope"), Text("roles"), Text("team"), Text("client_id")));

        await using var gateway = await GatewayProcess.ServeAsync(configuration);
        Assert.Equal(200, await CallAsync(gateway, new AuthenticationHeaderValue("Bearer", issued.Output.Trim())));
        Assert.Equal(401, await CallAsync(gateway, null));

        var again = await GatewayProcess.RunAsync(null, "", "token", "--new-key", pem);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("exists already", again.Errors, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);

        string? Text(string name) => claims.GetProperty(name).GetString();
    }

    [Fact]
    public async Task ApiKey_IsLetIn_ByTheHashThatItIsMadeWith()
    {
        var made = await GatewayProcess.RunAsync(null, "", "token", "--new-api-key", "build \"server\"");
        var entry = made.Errors.Split('\n').Single(line => line.StartsWith('{'));

        await using var gateway = await GatewayProcess.ServeAsync($$"""{ "gateway": { "auth": { "apiKeys": [{{entry}}] } } }""");

        Assert.Equal(200, await CallAsync(gateway, new AuthenticationHeaderValue("Bearer", made.Output.Trim())));
        Assert.Equal(401, await CallAsync(gateway, new AuthenticationHeaderValue("Bearer", made.Output.Trim() + "x")));
    }

    [Theory]
    [InlineData("--subject NAME", "token")]
    [InlineData("no issuer of the configuration has a private key", "token", "--subject", "a")]
    [InlineData("has no issuer 'x' with a private key", "token", "--subject", "a", "--issuer", "x")]
    [InlineData("--expires \"1\" is a number without a unit", "token", "--subject", "a", "--expires", "1")]
    public async Task Mistake_IsTold(string said, params string[] arguments)
    {
        var run = await GatewayProcess.RunAsync("{}", "", arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output.Trim());
    }

    [Fact]
    public async Task Check_TellsOfAnIssuerThatGivesNoKeys()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var configuration = $$"""{ "gateway": { "auth": { "issuers": [{ "issuer": "{{issuer.Issuer}}" }] } } }""";

        var up = await GatewayProcess.RunAsync(configuration, "", "check");
        issuer.ClaimedIssuer = "https://other.example.com";
        var down = await GatewayProcess.RunAsync(configuration, "", "check", "--json");

        Assert.Equal((0, 1), (up.ExitCode, down.ExitCode));
        Assert.Matches(@"(?m)^http://127.0.0.1:\d+ +ready +1\s*$", up.Output);
        Assert.Contains("metadata of another issuer", JsonElement.Parse(down.Output).GetProperty("issuers")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private static async Task<int> CallAsync(GatewayProcess gateway, AuthenticationHeaderValue? authorization)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Endpoint)
        {
            Content = new StringContent(Rpc.Initialize("1", "2025-11-25"), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = authorization;
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
