using System.Text.Json;
using McpHub.Protocol;
using McpHub.Streaming;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Streaming;

/// <summary>Servers that are lost in the middle of a call that they have told something of.</summary>
public sealed class LostServerTests
{
    public static TheoryData<string, string, string> Callers { get; } =
    [
        .. from client in new[] { "2026-07-28", "2025-11-25" }
           from server in new[] { "2026-07-28", "2025-11-25" }
           from capabilities in new[] { "{}", """{"elicitation":{}}""" }
           select new TheoryDataRow<string, string, string>(client, server, capabilities),
    ];

    [Fact]
    public async Task DyingServer_LeavesItsPartsAndAnError()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await StartAsync("2026-07-28", false, async x =>
        {
            await ProgressAsync(x, 3);
            await seen.Task;
            x.Abort();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Config("s"));
        await using var caller = await StreamCaller.OpenAsync(gateway, "2026-07-28");
        var stream = await caller.StartAsync("s_pour", "{}");
        var streams = gateway.Services.GetRequiredService<StreamRegistry>();
        await Patience.UntilAsync(() => streams.Find(stream, "anonymous")!.Buffer.Count == 3, "the parts");

        seen.SetResult();
        var (parts, last) = await caller.ReadAllAsync(stream);

        Assert.Equal(3, parts.Count);
        Assert.Equal(("failed", -31011), (last.GetProperty("status").GetString(), last.GetProperty("error").GetProperty("code").GetInt32()));
        await Patience.UntilAsync(() => streams.Running == 0, "no tool runs");
    }

    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("2025-11-25")]
    public async Task LostCall_IsNotMadeOnceMore_WhenItsPartsAreThere(string server)
    {
        var runs = 0;
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await StartAsync(server, true, async x =>
        {
            Interlocked.Increment(ref runs);
            await ProgressAsync(x, 1);
            await seen.Task;
            x.Abort();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Config("s"));
        await using var caller = await StreamCaller.OpenAsync(gateway, "2026-07-28");
        var stream = await caller.StartAsync("s_pour", "{}");
        Assert.Equal(1, (await caller.ReadAsync(stream, 0)).GetProperty("next_offset").GetInt32());

        seen.SetResult();
        var (parts, last) = await caller.ReadAllAsync(stream);

        Assert.Single(parts);
        Assert.Equal(-31011, last.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(1, runs);
    }

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Progress_NeverGoesBack_WhenALostCallIsMadeOnceMore(string client, string server, string capabilities)
    {
        var runs = 0;
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await StartAsync(server, true, async x =>
        {
            var isFirst = Interlocked.Increment(ref runs) == 1;
            await ProgressAsync(x, isFirst ? 3 : 4);
            if (isFirst)
            {
                await seen.Task;
                x.Abort();
                return;
            }

            await x.TextAsync("done");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Config("s"));
        var caller = await McpClient.ConnectAsync(gateway, Parse(client), capabilities: capabilities);
        caller.Capabilities = capabilities;
        using var request = caller.Request("tools/call", Rpc.Call("s_pour"), "\"progressToken\":\"t\"");
        using var stream = await caller.StreamAsync(request);
        var told = new List<int>();
        while (told.Count < 3 && await stream.NextAsync() is { } next)
        {
            told.AddRange(Told(next));
        }

        seen.SetResult();
        var rest = await stream.RestAsync();

        Assert.Equal([1, 2, 3, 4], [.. told, .. rest.SelectMany(Told)]);
        Assert.Contains("done", rest[^1].Data, StringComparison.Ordinal);
        Assert.Equal(2, runs);
    }

    private static Task<FakeUpstream> StartAsync(string revision, bool isReadOnly, Func<FakeExchange, Task> pour) => FakeUpstream.StartAsync(
        Parse(revision),
        new FakeOffer { Tools = ["{\"name\":\"pour\",\"inputSchema\":{\"type\":\"object\"},\"annotations\":{\"readOnlyHint\":" + (isReadOnly ? "true" : "false") + "}}"] },
        setUp: u => u.OnTool("pour", pour));

    /// <summary>Says that the call is as far as 1, 2, and so on up to a number.</summary>
    private static async Task ProgressAsync(FakeExchange x, int last)
    {
        for (var i = 1; i <= last; i++)
        {
            await x.NotifyAsync("notifications/progress", $$"""{"progressToken":{{x.Request.Meta("progressToken").GetRawText()}},"progress":{{i}},"message":"part"}""");
        }
    }

    /// <summary>How far an event says that the call is, if it says so.</summary>
    private static IEnumerable<int> Told(ClientEvent told) =>
        told.Data?.Length > 0 && JsonElement.Parse(told.Data) is var message && message.TryGetProperty("method", out _)
            ? [message.GetProperty("params").GetProperty("progress").GetInt32()]
            : [];

    private static Revision Parse(string revision) => Protocol.Revisions.TryParse(revision, out var known) ? known : throw new ArgumentException(revision);
}
