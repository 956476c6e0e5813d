using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>A list that a server refuses for the moment is not an empty list.</summary>
public sealed class RefusedListTests
{
    [Fact]
    public async Task Tools_StayListed_WhenTheServerRefusesToListThemAgain()
    {
        var refuses = false;
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, fake =>
        {
            fake.HasGetStream = true;
            fake.On("tools/list", x => Volatile.Read(ref refuses) ? x.ErrorAsync(-32603, "not now") : x.DefaultAsync());
        });
        await pair.Bad.WaitForAsync(r => r.HttpMethod == "GET");
        Volatile.Write(ref refuses, true);

        await pair.Bad.BroadcastAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        await pair.Bad.WaitForAsync("tools/list", count: 2);
        await pair.Bad.WaitForAsync("prompts/list", count: 2);

        Assert.Equal("echo", (await pair.Client.CallAsync("bad_echo")).Text);
    }
}
