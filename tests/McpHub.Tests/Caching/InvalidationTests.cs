using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Caching;

/// <summary>What is forgotten, and when.</summary>
public sealed class InvalidationTests
{
    [Theory]
    [InlineData("agent:{id}", """{"id":7}""", "agent:{id}", """{"id":7}""", true)]
    [InlineData("agent:{id}", """{"id":7}""", "agent:{id}", """{"id":"7"}""", true)]
    [InlineData("agent:{id}", """{"id":7.0}""", "agent:{id}", """{"id":7}""", true)]
    [InlineData("agent:{id}", """{"id":7}""", "agent:{id}", """{"id":8}""", false)]
    [InlineData("agent:{id}", """{"id":"a"}""", "agent:{id}", """{"id":["b","a"]}""", true)]
    [InlineData("agent:{id}", """{"id":["b","a"]}""", "agent:{id}", """{"id":"a"}""", true)]
    [InlineData("agent:{id}", "{}", "agent:{id}", """{"id":8}""", true)]
    [InlineData("agent:{id}", """{"id":7}""", "agent:{id}", "{}", true)]
    [InlineData("agent:{id}", """{"id":7}""", "agent:{id}", """{"id":{"x":1}}""", true)]
    [InlineData("agent:{id}", """{"id":7}""", "agent:{id}", """{"id":8,"id":7}""", true)]
    [InlineData("agent:{id}", """{"id":"x*"}""", "agent:{id}", """{"id":"xyz"}""", false)]
    [InlineData("agent:{id}", """{"id":7}""", "task:{id}", """{"id":7}""", false)]
    [InlineData("agents", "{}", "agents", """{"id":7}""", true)]
    [InlineData("{kind}:{id}", """{"kind":"k","id":1}""", "{kind}:{id}", """{"kind":"k"}""", true)]
    public async Task Call_Invalidates_WhatHasItsTags(string tag, string read, string invalidates, string write, bool isForgotten)
    {
        using var rig = Answering(CacheRig.ConfigOf(new CacheToolConfig { Tags = [tag] }, ("set", [invalidates])));
        await rig.AskAsync("get", read);
        var calls = rig.Source.Calls.Count;
        await rig.AskAsync("set", write);
        await rig.AskAsync("get", read);

        Assert.Equal(isForgotten ? calls + 2 : calls + 1, rig.Source.Calls.Count);
    }

    [Theory]
    [InlineData(nameof(FailureKind.TimedOut))]
    [InlineData(nameof(FailureKind.UpstreamLost))]
    public async Task Call_Invalidates_AlsoWhenItFails(string kind)
    {
        using var rig = new CacheRig(Tagged);
        await KeepAsync(rig, "old");
        var write = rig.Call("set");
        rig.Source.Calls[^1].Fail(Enum.Parse<FailureKind>(kind));
        await write.Answer.WithinLimitAsync("the failure");

        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Result_IsNotKept_WhenItIsInvalidatedWhileItIsFetched()
    {
        using var rig = new CacheRig(Tagged);
        var early = rig.Call("get");
        var write = rig.Call("set");
        rig.Source.Calls[1].Text("done");
        await write.Answer.WithinLimitAsync("the write");

        // Who asks after the write doesn't wait for what began before it.
        var late = rig.Call("get");
        Assert.Equal(3, rig.Source.Calls.Count);
        rig.Source.Calls[0].Text("old");
        Assert.Equal("old", (await early.Answer.WithinLimitAsync("the early one")).Text);
        Assert.Equal(0, rig.Cache.Store.Count);
        rig.Source.Calls[2].Text("new");
        Assert.Equal("new", (await late.Answer.WithinLimitAsync("the late one")).Text);

        Assert.Equal("new", await rig.AskAsync("get"));
        Assert.Equal(3, rig.Source.Calls.Count);
    }

    [Fact]
    public async Task Result_IsNotKept_WhenAllWhoWaitedHaveLeft()
    {
        using var rig = new CacheRig(Tagged);
        var early = rig.Call("get");
        early.Cancel();
        await early.Answer.WithinLimitAsync("the one who left");
        var write = rig.Call("set");
        rig.Source.Calls[1].Text("done");
        await write.Answer.WithinLimitAsync("the write");

        // A server may answer what was cancelled.
        rig.Source.Calls[0].Text("old");

        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task EventBus_Invalidates_BeforeItTellsAnybody()
    {
        using var rig = new CacheRig(Tagged);
        await KeepAsync(rig, "old");
        await KeepAsync(rig, "old", """{"n":2}""");

        rig.Events.Publish(new ThingChanged(["th*"]));

        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Invalidate_ByToolOrAll_ForgetsWhatItNames()
    {
        using var rig = new CacheRig(Tagged);
        await KeepAsync(rig, "x");
        await KeepAsync(rig, "x", tool: "get_other");
        Assert.Equal(1, rig.Cache.Invalidate(new CacheChange { Reason = "request", Names = ["get_*"] }));
        Assert.Equal(1, rig.Cache.Store.Count);
        await KeepAsync(rig, "x", tool: "get_other");

        Assert.Equal(2, rig.Cache.Invalidate(new CacheChange { Reason = "request", IsEverything = true }));
        Assert.Equal((0, 0), (rig.Cache.Store.Count, rig.Cache.Store.Bytes));
    }

    [Fact]
    public async Task NewConfiguration_ForgetsEverything_AlsoWhatIsBeingFetched()
    {
        using var rig = new CacheRig(Tagged);
        await KeepAsync(rig, "old");
        var running = rig.Call("get", """{"n":2}""");
        rig.Cache.Apply(rig.Config);
        Assert.Equal(0, rig.Cache.Store.Count);
        rig.Source.Calls[^1].Text("old");
        await running.Answer.WithinLimitAsync("the running call");

        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task ServerThatIsReplaced_LeavesNothingBehind()
    {
        using var rig = new CacheRig(Tagged);
        await KeepAsync(rig, "old");
        var running = rig.Call("get", """{"n":2}""");
        var next = new ScriptedSource { Offer = rig.Source.Offer, Script = _ => """{"content":[{"type":"text","text":"new"}]}""" };
        rig.Show(next);
        rig.Source.Calls[^1].Text("old");
        await running.Answer.WithinLimitAsync("the running call");

        Assert.Equal("new", await rig.AskAsync("get"));
        Assert.Equal("new", await rig.AskAsync("get", """{"n":2}"""));
    }

    [Fact]
    public async Task ListsThatChange_ForgetTheServersResults()
    {
        using var rig = new CacheRig(Tagged);
        await KeepAsync(rig, "old");
        var snapshot = rig.Show(rig.Source);
        Assert.Equal(1, rig.Cache.Store.Count);

        rig.Cache.OnCatalogChanged(snapshot, new Dictionary<string, ListKinds> { ["s"] = ListKinds.Resources });
        Assert.Equal(1, rig.Cache.Store.Count);
        rig.Cache.OnCatalogChanged(snapshot, new Dictionary<string, ListKinds> { ["s"] = ListKinds.Tools });

        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Invalidated_SaysWhatAndWhy()
    {
        using var rig = new CacheRig(Tagged);
        var told = new List<CacheInvalidated>();
        rig.Cache.Invalidated += told.Add;
        await KeepAsync(rig, "x");
        rig.Source.Script = _ => """{"content":[]}""";
        await rig.AskAsync("set");

        var change = Assert.Single(told);
        Assert.Equal(("call", 1), (change.Reason, change.Removed));
        Assert.Equal(["things"], change.Tags);
    }

    private static CacheConfig Tagged => CacheRig.ConfigOf(new CacheToolConfig { Tags = ["things"] }, ("set", ["things"]));

    private static CacheRig Answering(CacheConfig config)
    {
        var rig = new CacheRig(config);
        rig.Source.Script = _ => """{"content":[]}""";
        return rig;
    }

    private static async Task KeepAsync(CacheRig rig, string text, string arguments = "{}", string tool = "get")
    {
        var call = rig.Call(tool, arguments);
        rig.Source.Calls[^1].Text(text);
        await call.Answer.WithinLimitAsync("the answer that is kept");
    }

    private sealed record ThingChanged(IReadOnlyList<string> Tags) : ICacheEvent;
}
