using McpHub.Caching;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Caching;

/// <summary>Results beyond their time, and before its end.</summary>
public sealed class StaleResultTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task StaleResult_ServesWhileItIsFetchedAnew_OnceForAll()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { StaleWhileRevalidate = Minute }));
        await KeepAsync(rig, "old");
        rig.Time.Advance(Minute * 1.5);

        Assert.Equal("old", await rig.AskAsync("get"));
        Assert.Equal("old", await rig.AskAsync("get"));
        await Patience.UntilAsync(() => rig.Source.Calls.Count == 2, "it is fetched anew");
        rig.Source.Calls[1].Text("new");
        await Patience.UntilAsync(() => rig.Cache.Store.FlightCount == 0, "it has come");

        Assert.Equal("new", await rig.AskAsync("get"));
        Assert.Equal(2, rig.Source.Calls.Count);
    }

    [Fact]
    public async Task StaleResult_ServesNobody_AfterItsSecondTime()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { StaleWhileRevalidate = Minute }));
        await KeepAsync(rig, "old");
        rig.Time.Advance(Minute * 2.1);

        var call = rig.Call("get");
        rig.Source.Calls[1].Text("new");

        Assert.Equal("new", (await call.Answer.WithinLimitAsync("the answer")).Text);
    }

    [Theory]
    [InlineData(nameof(FailureKind.UpstreamUnavailable), true)]
    [InlineData(nameof(FailureKind.TimedOut), true)]
    [InlineData(nameof(FailureKind.UpstreamLost), true)]
    [InlineData(nameof(FailureKind.InvalidParams), false)]
    public async Task StaleResult_ServesInTheStead_OfAnAnswerThatCannotBeHad(string kind, bool isServed)
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { StaleIfError = Minute }));
        await KeepAsync(rig, "old");
        rig.Time.Advance(Minute * 1.5);

        var call = rig.Call("get");
        rig.Source.Calls[1].Fail(Enum.Parse<FailureKind>(kind));

        Assert.Equal(isServed ? "old" : kind, (await call.Answer.WithinLimitAsync("the answer")).Text);
    }

    [Fact]
    public async Task StaleResult_IsNoAnswer_OnceItIsInvalidated()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { StaleIfError = Minute, StaleWhileRevalidate = Minute, Tags = ["t"] }));
        await KeepAsync(rig, "old");
        rig.Time.Advance(Minute * 1.5);
        Assert.Equal("old", await rig.AskAsync("get"));
        await Patience.UntilAsync(() => rig.Source.Calls.Count == 2, "it is fetched anew");
        rig.Events.Publish(new Changed());
        rig.Source.Calls[1].Text("fetched before the change");

        var call = rig.Call("get");
        rig.Source.Calls[2].Fail(FailureKind.UpstreamUnavailable);

        Assert.Equal("UpstreamUnavailable", (await call.Answer.WithinLimitAsync("the answer")).Text);
        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Refresh_ThatFails_IsNotTriedAtEveryCall()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { StaleWhileRevalidate = Minute }));
        await KeepAsync(rig, "old");
        rig.Time.Advance(Minute * 1.1);
        rig.Source.Script = c =>
        {
            c.Fail(FailureKind.UpstreamUnavailable);
            return null;
        };
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("old", await rig.AskAsync("get"));
            await Patience.UntilAsync(() => rig.Source.Calls.Count == 2 && rig.Cache.Store.FlightCount == 0, "it was tried once");
        }

        await Patience.UntilAsync(
            async () =>
            {
                rig.Time.Advance(TimeSpan.FromSeconds(2));
                await rig.AskAsync("get");
                return rig.Source.Calls.Count > 2;
            },
            "it is tried again");
    }

    [Fact]
    public async Task ResultThatIsAskedForOften_IsFetchedBeforeItsTimeIsOver()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { RefreshAhead = true }));
        await KeepAsync(rig, "old");
        await KeepAsync(rig, "rare", """{"n":2}""");
        for (var i = 0; i < 5; i++)
        {
            await rig.AskAsync("get");
        }

        rig.Time.Advance(Minute * 0.9);
        Assert.Equal("old", await rig.AskAsync("get"));
        Assert.Equal("rare", await rig.AskAsync("get", """{"n":2}"""));
        await Patience.UntilAsync(() => rig.Source.Calls.Count == 3, "the one that is asked for often is fetched");
        rig.Source.Calls[2].Text("new");
        await Patience.UntilAsync(() => rig.Cache.Store.FlightCount == 0, "it has come");
        rig.Time.Advance(Minute * 0.9);

        Assert.Equal("new", await rig.AskAsync("get"));
    }

    private static async Task KeepAsync(CacheRig rig, string text, string arguments = "{}")
    {
        var call = rig.Call("get", arguments);
        rig.Source.Calls[^1].Text(text);
        await call.Answer.WithinLimitAsync("the answer that is kept");
    }

    private sealed record Changed : ICacheEvent
    {
        public IReadOnlyList<string> Tags => ["t"];
    }
}
