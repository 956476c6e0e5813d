using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>A list that a server refuses for the moment is not an empty list.</summary>
public sealed class RefusedListTests
{
    private const string Tools = """{"tools":[{"name":"echo","inputSchema":{"type":"object"}}]}""";

    [Fact]
    public async Task Tools_StayListed_WhenTheServerRefusesToListThemAgain()
    {
        var lists = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, fake =>
        {
            fake.HasGetStream = true;
            fake.On("tools/list", async x =>
            {
                switch (Interlocked.Increment(ref lists))
                {
                    case 2:
                        await x.ErrorAsync(-32603, "not now");
                        break;
                    case 3:
                        await release.Task;
                        await x.ResultAsync(Tools);
                        break;
                    default:
                        await x.ResultAsync(Tools);
                        break;
                }
            });
        });
        await Patience.UntilAsync(() => pair.Bad.Streams.Count > 0, "The gateway never listened.");

        await pair.Bad.BroadcastAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        await pair.Bad.WaitForAsync("tools/list", count: 2);
        await pair.Bad.BroadcastAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");

        // The third list is only asked for when the second has been dealt with.
        await pair.Bad.WaitForAsync("tools/list", count: 3);
        Assert.Equal("echo", (await pair.Client.CallAsync("bad_echo")).Text);
        release.SetResult();
    }
}
