using System.Text.Json;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Permissions;
using McpHub.Testing;
using McpHub.Testing.Permissions;

namespace McpHub.Tests.Security.Permissions;

/// <summary>What the random policies don't look at: which rule is told, in which words, and what else a view says.</summary>
public sealed class PolicyDecisionTests : IDisposable
{
    private static readonly Caller Ann = new() { Key = "ann", Subject = "ann", Scopes = ["read"] };

    private readonly PolicyRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("a_read_file", "{}", "readers")]
    [InlineData("a_list", "{}", "default")]
    [InlineData("a_write_file", """{"path":"ok"}""", "writers")]
    [InlineData("a_write_file", """{"path":"secret"}""", "secrets")]
    [InlineData("a_write_file", """{"path":"other"}""", "default")]
    [InlineData("b_search", "{}", "no-b")]
    [InlineData("nowhere", "{}", "")]
    public void Rule_IsLeftForTheAudit_WhateverItSays(string tool, string arguments, string rule)
    {
        _rig.Apply(new PolicyConfig
        {
            Rules =
            [
                Rule("readers", PolicyEffect.Allow) with { Tools = ["a_read_*", "b_*"] },
                Rule("readers-too", PolicyEffect.Allow) with { Tools = ["a_read_*"] },
                Rule("writers", PolicyEffect.Allow) with { Tools = ["a_write_*"], Arguments = [new() { At = "/path", OneOf = ["\"ok\"", "\"secret\""] }] },
                Rule("secrets", PolicyEffect.Deny) with { Arguments = [new() { At = "/path", OneOf = ["\"secret\""] }] },
                Rule("no-b", PolicyEffect.Deny) with { Servers = ["b"] },
            ],
        });

        _rig.Call(Ann, new Offered(ListMember.Tools, tool, "", ""), arguments);

        Assert.Equal(rule, _rig.Rule);
    }

    [Theory]
    [InlineData("tools/call", """{"name":"NAME","arguments":{"path":"x"}}""", "a_write_file")]
    [InlineData("prompts/get", """{"name":"NAME"}""", "a_plan")]
    [InlineData("resources/read", """{"uri":"NAME"}""", "file:///secret/y")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/prompt","name":"NAME"},"argument":{"name":"a","value":""}}""", "a_plan")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/resource","uri":"NAME"},"argument":{"name":"a","value":""}}""", "file:///tmp/{name}")]
    public void WhatIsDenied_IsAnsweredAsTheUnknown(string method, string parameters, string name)
    {
        _rig.Apply(new PolicyConfig
        {
            Rules =
            [
                Rule("all", PolicyEffect.Allow),
                Rule("conditional", PolicyEffect.Deny) with { Tools = ["a_write_file"], Arguments = [new() { At = "/path", OneOf = ["\"x\""] }] },
                Rule("never", PolicyEffect.Deny) with { Prompts = ["a_plan"], Resources = ["file:///secret/*", "file:///tmp/*"] },
            ],
        });

        var denied = Failure(method, parameters.Replace("NAME", name, StringComparison.Ordinal));
        var unknown = Failure(method, parameters.Replace("NAME", "nowhere:no", StringComparison.Ordinal));

        Assert.Equal(
            (unknown.Kind, unknown.Message, System.Text.Encoding.UTF8.GetString(unknown.Data.Span)),
            (denied.Kind, denied.Message.Replace(name, "nowhere:no", StringComparison.Ordinal), System.Text.Encoding.UTF8.GetString(denied.Data.Span).Replace(name, "nowhere:no", StringComparison.Ordinal)));
    }

    [Fact]
    public void StepUp_NamesAllScopes_AndIsListed()
    {
        _rig.Apply(new PolicyConfig
        {
            Rules =
            [
                Rule("writers", PolicyEffect.Allow) with { Tools = ["a_write_file"], Callers = new() { Scopes = ["read", "write"] }, StepUp = true },
                Rule("quiet", PolicyEffect.Allow) with { Tools = ["a_list"], Callers = new() { Scopes = ["write"] } },
            ],
        });

        var failure = Failure("tools/call", """{"name":"a_write_file"}""");

        Assert.Equal(FailureKind.InsufficientScope, failure.Kind);
        Assert.Equal(["read", "write"], failure.Scopes);
        Assert.Equal("""{"requiredScopes":["read","write"]}""", System.Text.Encoding.UTF8.GetString(failure.Data.Span));
        Assert.Equal("writers", _rig.Rule);
        Assert.Equal(["a_write_file"], _rig.List(Ann, ListMember.Tools));
        Assert.Equal(FailureKind.InvalidParams, Failure("tools/call", """{"name":"a_list"}""").Kind);
    }

    [Theory]
    [InlineData(true, "private")]
    [InlineData(false, "public")]
    public void Lists_ArePrivate_WhenTheyDependOnTheCaller(bool dependsOnCaller, string scope)
    {
        _rig.Apply(new PolicyConfig { Rules = [Rule("r", PolicyEffect.Deny) with { Tools = ["a_list"], Callers = dependsOnCaller ? new() { Subjects = ["bob"] } : null }] });

        using var list = _rig.Ask(Ann, "tools/list", "{}");
        using var greeting = _rig.Ask(Ann, "server/discover", "{}");

        Assert.Equal(scope, JsonElement.Parse(list.Json.Span).GetProperty("cacheScope").GetString());
        Assert.Equal(scope, JsonElement.Parse(greeting.Json.Span).GetProperty("cacheScope").GetString());
    }

    [Fact]
    public void Greeting_KeepsItsFeatures_AndLosesTheInstructionsOfWhatIsNotThere()
    {
        using var rig = new PolicyRig(TwoServers.A with { Instructions = "about a" }, TwoServers.B with { Instructions = "about b" });
        rig.Apply(new PolicyConfig { Rules = [Rule("r", PolicyEffect.Allow) with { Servers = ["b"], Callers = new() { Subjects = ["ann"] } }] });

        using var ann = rig.Ask(Ann, "server/discover", "{}");
        using var anybody = rig.Ask(Caller.Anonymous, "server/discover", "{}");
        using var own = rig.Ask(Ann, "server/discover", "{}", "a");

        Assert.Equal("## b\nabout b", JsonElement.Parse(ann.Json.Span).GetProperty("instructions").GetString());
        Assert.False(JsonElement.Parse(anybody.Json.Span).TryGetProperty("instructions", out _));
        Assert.False(JsonElement.Parse(own.Json.Span).TryGetProperty("instructions", out _));
        Assert.Equal(
            JsonElement.Parse(ann.Json.Span).GetProperty("capabilities").GetRawText(), JsonElement.Parse(anybody.Json.Span).GetProperty("capabilities").GetRawText());
        Assert.Empty(rig.List(Caller.Anonymous, ListMember.Tools));
    }

    [Fact]
    public void Tasks_AreThere_AsLongAsAnythingOfTheirServerIs()
    {
        _rig.Apply(new PolicyConfig { Rules = [Rule("r", PolicyEffect.Allow) with { Tools = ["b_search"] }] });
        var view = _rig.Catalog.Root.For(Ann);

        Assert.Null(view.FindTaskSource("a"));
        Assert.NotNull(view.FindTaskSource("b"));
        Assert.True(_rig.Catalog.ViewOf("a")!.For(Ann).HasTasks);
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData(PolicyEffect.Allow, true, true)]
    [InlineData(PolicyEffect.Deny, true, false)]
    [InlineData(null, false, true)]
    [InlineData(PolicyEffect.Deny, false, false)]
    public void Default_IsDeny_OnceAnyRuleAllows(PolicyEffect? given, bool hasAllow, bool isOpen)
    {
        _rig.Apply(new PolicyConfig
        {
            Default = given,
            Rules = [Rule("r", hasAllow ? PolicyEffect.Allow : PolicyEffect.Deny) with { Tools = ["nothing"] }],
        });

        Assert.Equal(isOpen, _rig.List(Ann, ListMember.Tools).Contains("a_list"));
    }

    [Fact]
    public void Pattern_OfAnySubject_IsNotForTheAnonymous()
    {
        _rig.Apply(new PolicyConfig { Rules = [Rule("r", PolicyEffect.Allow) with { Callers = new() { Subjects = ["*"] } }] });

        Assert.NotEmpty(_rig.List(Ann, ListMember.Tools));
        Assert.Empty(_rig.List(Caller.Anonymous, ListMember.Tools));
    }

    [Fact]
    public void Decision_AllocatesNothing_ForACallThatIsAllowed()
    {
        _rig.Apply(new PolicyConfig
        {
            Rules = [Rule("r", PolicyEffect.Allow) with { Tools = ["a_*"], Callers = new() { Subjects = ["ann"] }, Arguments = [new() { At = "/n", Min = "1" }] }],
        });
        var access = _rig.Catalog.Root.For(Ann).Access!;
        var entry = _rig.Catalog.Root.FindTool("\"a_list\""u8)!;
        var arguments = """{"other":[1,2,{"n":5}],"n":1.5}"""u8.ToArray();
        Assert.Equal(AccessOutcome.Allowed, access.To(entry).Decide(arguments).Outcome);

        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                access.To(entry).Decide(arguments);
            }
        }));
    }

    private static PolicyRuleConfig Rule(string id, PolicyEffect effect) => new() { Id = id, Effect = effect };

    private Failure Failure(string method, string parameters)
    {
        using var result = _rig.Ask(Ann, method, parameters);
        Assert.Equal(McpResultKind.Failure, result.Kind);
        return result.Failure!;
    }
}
