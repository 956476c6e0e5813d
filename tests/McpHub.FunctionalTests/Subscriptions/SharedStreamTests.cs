using McpHub.Configuration;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>A server over stdio that is listened to, while it is called on the same pipe.</summary>
public sealed class SharedStreamTests
{
    [Fact]
    public async Task LogMessages_StillFindTheirCall_BesideTheListening()
    {
        await using var server = await ChangingServer.StartAsync(ServerKind.ModernStdio);
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Upstreams = [server.Config] });
        await using var watcher = await Watchers.OpenAsync(ClientKind.ModernHttp, gateway, ChangingServer.Watched);
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        var answer = await client.CallAsync("s_test_logging_tool", meta: "\"io.modelcontextprotocol/logLevel\":\"debug\"");

        Assert.Contains(answer.Notifications, n => n.GetProperty("method").GetString() == "notifications/message");
        Assert.Equal(0, answer.Code);
    }
}
