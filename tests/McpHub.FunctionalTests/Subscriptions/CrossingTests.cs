using McpHub.Configuration;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>What every kind of server says of its changes reaches every kind of client, in the client's own way (T11, T12).</summary>
public sealed class CrossingTests
{
    private static readonly string[] Lists =
        ["notifications/tools/list_changed", "notifications/prompts/list_changed", "notifications/resources/list_changed"];

    public static TheoryData<ClientKind, ServerKind> All
    {
        get
        {
            var data = new TheoryData<ClientKind, ServerKind>();
            foreach (var client in Enum.GetValues<ClientKind>())
            {
                foreach (var server in Enum.GetValues<ServerKind>())
                {
                    data.Add(client, server);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Changes_ReachTheClient_EachAsWhatItIs(ClientKind clientKind, ServerKind serverKind)
    {
        await using var server = await ChangingServer.StartAsync(serverKind);
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Upstreams = [server.Config] });
        await server.UntilHeardAsync();

        // A subscription is taken when the server has taken it: from here on it can be heard.
        await using var client = await Watchers.OpenAsync(clientKind, gateway, ChangingServer.Watched);
        var isLateTold = false;
        foreach (var list in Lists)
        {
            await server.TellAsync(gateway, list);
            Assert.Equal(list, await NextAsync());
        }

        for (var i = 0; i < 2; i++)
        {
            await server.TellAsync(gateway, "notifications/resources/updated");
            var updated = await client.NextAsync();
            Assert.Equal("notifications/resources/updated", updated.GetProperty("method").GetString());
            Assert.Equal(ChangingServer.Watched, updated.GetProperty("params").GetProperty("uri").GetString());
        }

        Assert.Empty(gateway.Log.Faults);

        // A resource that is wanted before the gateway has begun to ask for any is told of once, as one that may have changed before.
        async Task<string?> NextAsync()
        {
            var method = (await client.NextAsync()).GetProperty("method").GetString();
            if (isLateTold || method != "notifications/resources/updated")
            {
                return method;
            }

            isLateTold = true;
            return (await client.NextAsync()).GetProperty("method").GetString();
        }
    }
}
