using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Caching;

/// <summary>Which calls are answered by what was kept, and which are not.</summary>
public sealed class CachedCallTests
{
    [Theory]
    [InlineData("""{"a":1,"b":{"x":[1,2],"y":"ä"}}""", """ { "b" : {"y":"\u00e4", "x":[1.0,2e0]}, "a":10e-1 } """)]
    [InlineData("""{"a":100}""", """{"a":1E+2}""")]
    [InlineData("""{"a":0}""", """{"a":0.0e5}""")]
    public async Task Call_IsAnsweredByTheCache_WhenItsArgumentsMeanTheSame(string first, string second)
    {
        using var rig = Answering();

        await rig.AskAsync("get", first);
        await rig.AskAsync("get", second);

        Assert.Single(rig.Source.Calls);
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2,"a":1}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":9007199254740993}""", """{"a":9007199254740992}""")]
    [InlineData("""{"a":0}""", """{"a":-0}""")]
    [InlineData("""{"a":1e400}""", """{"a":1e401}""")]
    [InlineData("""{"a":1e99999999999999999999}""", """{"a":1e99999999999999999998}""")]
    [InlineData("""{"a":null}""", "{}")]
    [InlineData("""{"a":[]}""", """{"a":{}}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"b"}""")]
    [InlineData("""{"a":["b","c"]}""", """{"a":["c","b"]}""")]
    [InlineData("""{"a":["b","c"]}""", """{"a":[["b"],"c"]}""")]
    [InlineData("""{"ab":"c"}""", """{"a":"bc"}""")]
    public async Task Call_IsMade_WhenItsArgumentsMeanSomethingElse(string first, string second)
    {
        using var rig = Answering();

        await rig.AskAsync("get", first);
        await rig.AskAsync("get", second);

        Assert.Equal(2, rig.Source.Calls.Count);
    }

    [Fact]
    public async Task Result_ServesOneCallerOnly_UnlessItsRuleSaysOtherwise()
    {
        using var own = Answering();
        await own.AskAsync("get", caller: "a");
        await own.AskAsync("get", caller: "b");
        Assert.Equal(["a", "b"], own.Source.Calls.Select(c => c.Caller));

        using var shared = Answering(new CacheToolConfig { Scope = CacheScope.Shared });
        await shared.AskAsync("get", caller: "a");
        await shared.AskAsync("get", caller: "b");
        Assert.Equal([Caller.Anonymous.Key], shared.Source.Calls.Select(c => c.Caller));
    }

    [Theory]
    [InlineData(nameof(Revision.V20260728))]
    [InlineData(nameof(Revision.V20250326))]
    public async Task Result_ServesEveryRevision_EachInItsOwnForm(string ofServer)
    {
        var server = Enum.Parse<Revision>(ofServer);
        using var rig = new CacheRig(CacheRig.ConfigOf(), server);
        rig.Source.Script = _ => (server.IsModern() ? "{\"resultType\":\"complete\"," : "{") + "\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"more\":{\"n\":1.0}}";
        foreach (var revision in Revisions.All.Concat(Revisions.All))
        {
            var answer = await rig.Call("get", revision: revision).Answer.WithinLimitAsync("an answer");

            Assert.Equal("x", answer.Text);
            Assert.Equal("1.0", answer.Json.GetProperty("more").GetProperty("n").GetRawText());
            Assert.Equal(revision.IsModern(), answer.Json.TryGetProperty("resultType", out _));
        }

        Assert.Single(rig.Source.Calls);
    }

    [Fact]
    public async Task Result_IsGoodForItsTime_AndNotLonger()
    {
        using var rig = Answering(new CacheToolConfig { Ttl = TimeSpan.FromSeconds(10) });
        Assert.Equal("0", await rig.AskAsync("get"));
        rig.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal("0", await rig.AskAsync("get"));
        rig.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal("1", await rig.AskAsync("get"));
    }

    [Theory]
    [InlineData("""{"content":[],"ttlMs":0}""")]
    [InlineData("""{"content":[],"ttlMs":"soon"}""")]
    [InlineData("""{"content":[],"_meta":{"io.mcphub/cache":"no-store"}}""")]
    [InlineData("""{"resultType":"input_required","inputRequests":{}}""")]
    [InlineData("""{"resultType":"task","task":{}}""")]
    public async Task Result_IsNotKept_WhenItSaysSo(string result)
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        rig.Source.Script = _ => result;

        await rig.AskAsync("get");
        var before = rig.Source.Calls.Count;
        await rig.AskAsync("get");

        Assert.True(rig.Source.Calls.Count > before);
        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Result_IsNotSharedBetweenCallers_WhenItSaysThatItIsPrivate()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { Scope = CacheScope.Shared }));
        var first = rig.Call("get", caller: "a");
        var second = rig.Call("get", caller: "b");
        rig.Source.Script = _ => """{"content":[{"type":"text","text":"own"}],"cacheScope":"private"}""";
        rig.Source.Calls[0].Answer("""{"content":[{"type":"text","text":"first"}],"cacheScope":"private"}""");

        Assert.Equal("first", (await first.Answer.WithinLimitAsync("the first")).Text);
        Assert.Equal("own", (await second.Answer.WithinLimitAsync("the second")).Text);
        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Failure_IsNotKept_WhateverItsKind()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        Action<ScriptedCall>[] failures =
        [
            c => c.Fail(FailureKind.UpstreamUnavailable), c => c.Error(-32000), c => c.Answer("""{"content":[],"isError":true}""", isToolError: true),
            c => c.Throw(new InvalidOperationException("broken")),
        ];
        foreach (var fail in failures)
        {
            var call = rig.Call("get");
            fail(rig.Source.Calls[^1]);
            await call.Answer.WithinLimitAsync("an answer");
        }

        Assert.Equal(failures.Length, rig.Source.Calls.Count);
        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Tool_IsNotCached_UnlessItIsListedAndSaysThatItOnlyReads()
    {
        using var rig = new CacheRig(new CacheConfig
        {
            Enabled = true,
            Tools = new OrderedDictionary<string, CacheToolConfig>
            {
                ["get_other"] = new() { Enabled = false },
                ["s/get*"] = new(),
                ["set"] = new(),
            },
        });
        rig.Source.Script = _ => """{"content":[]}""";
        foreach (var tool in new[] { "get", "get", "get_other", "get_other", "set", "set" })
        {
            await rig.AskAsync(tool);
        }

        Assert.Equal(["get", "get_other", "get_other", "set", "set"], rig.Source.Calls.Select(c => c.Target));
    }

    [Fact]
    public async Task Metadata_MakesAnotherRequest_UnlessItIsKnownToHaveNoInfluence()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf() with { IgnoredMeta = ["x/trace"] });
        rig.Source.Script = _ => """{"content":[]}""";
        foreach (var meta in new[]
        {
            "", "\"progressToken\":1", "\"progressToken\":2", "\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01\"",
            "\"claudecode/toolUseId\":\"1\"", "\"x/trace\":[1]", "\"io.modelcontextprotocol/logLevel\":\"debug\"",
        })
        {
            await rig.AskAsync("get", meta: meta);
        }

        Assert.Single(rig.Source.Calls);

        await rig.AskAsync("get", meta: "\"x/tenant\":\"t1\"");
        await rig.AskAsync("get", meta: "\"x/tenant\":\"t2\"");
        await rig.AskAsync("get", meta: "\"x/tenant\":\"t1\"");

        Assert.Equal(3, rig.Source.Calls.Count);
        Assert.Contains("\"x/tenant\":\"t2\"", rig.Source.Calls[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_PassesTheCacheBy_WhenItSaysSo()
    {
        using var rig = Answering();
        await rig.AskAsync("get");

        Assert.Equal("1", await rig.AskAsync("get", meta: "\"io.mcphub/cache\":\"bypass\""));
        Assert.Equal("0", await rig.AskAsync("get"));

        using var strict = Answering(config: CacheRig.ConfigOf() with { AllowBypass = false });
        await strict.AskAsync("get");
        Assert.Equal("0", await strict.AskAsync("get", meta: "\"io.mcphub/cache\":\"bypass\""));
    }

    [Fact]
    public async Task Result_IsNotKept_WhenItIsTooLarge()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { MaxEntryBytes = 1024 }));
        rig.Source.Script = c => "{\"content\":[{\"type\":\"text\",\"text\":\"" + new string('x', c.Arguments.Length > 2 ? 2000 : 10) + "\"}]}";

        await rig.AskAsync("get");
        await rig.AskAsync("get", """{"large":true}""");

        Assert.Equal(1, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Cache_KeepsNothing_WhileItIsOff()
    {
        using var rig = Answering(config: new CacheConfig { Tools = CacheRig.ConfigOf().Tools });

        await rig.AskAsync("get");
        await rig.AskAsync("get");

        Assert.Equal(2, rig.Source.Calls.Count);
    }

    /// <summary>A server that numbers its answers.</summary>
    internal static CacheRig Answering(CacheToolConfig? rule = null, CacheConfig? config = null)
    {
        var rig = new CacheRig(config ?? CacheRig.ConfigOf(rule));
        var count = 0;
        rig.Source.Script = _ => "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"" + count++ + "\"}]}";
        return rig;
    }
}
