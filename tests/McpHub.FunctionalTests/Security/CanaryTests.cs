using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>What a caller proves who it is with is for the gateway alone (MCP authorization, "Token passthrough").</summary>
public sealed class CanaryTests
{
    [Theory]
    [InlineData("2024-11-05", "2026-07-28")]
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2026-07-28", "2025-11-25")]
    [InlineData("2026-07-28", "2026-07-28")]
    public async Task Credential_NeverReachesAServerOverHttp(string clientText, string serverText)
    {
        Assert.True(Protocol.Revisions.TryParse(clientText, out var ofClient));
        Assert.True(Protocol.Revisions.TryParse(serverText, out var ofServer));
        await using var server = await FakeUpstream.StartAsync(ofServer);
        await using var issuer = await TestIssuer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(issuer.Hub(server.Config("s")));
        var token = issuer.Token("alice");

        var client = await McpClient.ConnectAsync(gateway, ofClient, token: token);
        Assert.Equal(200, (await client.CallAsync("s_echo")).Status);
        await client.RequestAsync("tools/list");

        Assert.NotEmpty(server.Of("tools/call"));
        var signature = token[^43..];
        Assert.All(server.Requests, request =>
        {
            Assert.DoesNotContain("Authorization", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
            Assert.DoesNotContain(request.Headers.Values, value => value.Contains(signature, StringComparison.Ordinal));
            Assert.DoesNotContain(signature, request.Body, StringComparison.Ordinal);
        });
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Contains(signature, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ApiKey_NeverReachesAServer()
    {
        var key = ApiKeys.NewKey("mhk_");
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728);
        await using var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Upstreams = [server.Config("s")],
            Gateway = new GatewayConfig { Auth = new AuthConfig { ApiKeys = [new ApiKeyConfig { Name = "k", Hash = ApiKeys.HashOf(key) }] } },
        });
        using var request = McpClient.Unconnected(gateway, Revision.V20260728).Request("tools/call", Rpc.Call("s_echo"));
        request.Headers.Add("X-API-Key", key);
        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.NotEmpty(server.Of("tools/call"));
        Assert.DoesNotContain(server.Requests, r => r.Body.Contains(key, StringComparison.Ordinal) || r.Headers.Values.Any(v => v.Contains(key, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Credential_NeverReachesAServerOverStdio()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The environment of a process is looked at in /proc.");
        }

        var record = Path.Combine(Directory.CreateTempSubdirectory("mcphub-").FullName, "record");
        await using var issuer = await TestIssuer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(issuer.Hub(StdioUpstreams.Config("s", "modern", record)));
        var token = issuer.Token("alice");

        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728, token: token);
        Assert.Equal(200, (await client.CallAsync("s_echo")).Status);

        var lines = StdioUpstreams.ReadRecord(record);
        Assert.Contains(lines, line => line.Contains("tools/call", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(token[^43..], StringComparison.Ordinal));
        var children = System.Diagnostics.Process.GetProcessesByName("McpHub.StdioUps").Concat(System.Diagnostics.Process.GetProcessesByName("McpHub.StdioUpstream"));
        Assert.All(children, child => Assert.DoesNotContain(token[^43..], EnvironmentOf(child.Id), StringComparison.Ordinal));
        Directory.Delete(Path.GetDirectoryName(record)!, recursive: true);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Challenge_OfAServer_IsNeverRelayed(int status)
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728);
        await using var issuer = await TestIssuer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(issuer.Hub(server.Config("s")));
        foreach (var revision in Protocol.Revisions.All)
        {
            server.OnHttp = null;
            var client = await McpClient.ConnectAsync(gateway, revision, token: issuer.Token());
            server.OnHttp = (http, _) =>
            {
                http.Response.StatusCode = status;
                http.Response.Headers.WWWAuthenticate = "Bearer resource_metadata=\"https://upstream.example.com/.well-known/oauth-protected-resource\"";
                return Task.FromResult(true);
            };

            var answer = await client.CallAsync("s_echo");

            Assert.Equal(200, answer.Status);
            Assert.DoesNotContain("WWW-Authenticate", answer.Headers.Keys, StringComparer.OrdinalIgnoreCase);
            Assert.DoesNotContain("upstream.example.com", answer.Body, StringComparison.Ordinal);
        }
    }

    private static string EnvironmentOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return "";
        }
    }
}
