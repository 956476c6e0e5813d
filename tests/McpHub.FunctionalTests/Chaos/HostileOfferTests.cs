using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>Whatever a server lists, no other server's list or call suffers from it.</summary>
public sealed class HostileOfferTests
{
    private static readonly Revision[] All = [.. Protocol.Revisions.All];

    public static TheoryData<string> Definitions { get; } =
    [
        """{"name":"t","inputSchema":{"type":"object"},"outputSchema":{"type":"array","description":"\ud800"}}""",
        """{"name":"t","inputSchema":{"type":"object"},"outputSchema":{"type":"array","items":{},"items":{"$ref":"#"}}}""",
        """{"name":"t","inputSchema":{"type":"object"},"outputSchema":true}""",
        """{"name":"t","inputSchema":{"type":"object"},"outputSchema":5}""",
        """{"name":"t","inputSchema":null,"outputSchema":{"$ref":5},"title":7,"annotations":"x","icons":{},"execution":[],"_meta":null}""",
        """{"name":"t","inputSchema":{"properties":{"\ud800":{"type":"string","x-mcp-header":"A"}}}}""",
        """{"name":"t","inputSchema":{"properties":{"a":{"x-mcp-header":"\ud800","type":"string"}}}}""",
        """{"name":"t","inputSchema":{"properties":{"a":{"x-mcp-header":"A","x-mcp-header":"B","type":"string"}}}}""",
        """{"name":"t","inputSchema":"x-mcp-header"}""",
        """{"name":"t","inputSchema":{"type":"object","properties":[],"x-mcp-header":"A"}}""",
        """{"name":"t","name":"u","inputSchema":{"type":"object"}}""",
        """{"name":"\ud800","inputSchema":{"type":"object"}}""",
        """{"name":"","inputSchema":{}}""",
        """{"name":5,"inputSchema":{}}""",
        """{"inputSchema":{}}""",
        "\"t\"",
        "null",
        "[]",
        """{"name":"good_echo","inputSchema":{"type":"object"}}""",
        """{"name":"hub_echo","inputSchema":{"type":"object"}}""",
        """{"name":"a\nb","description":"\u0000\u001b[31m","inputSchema":{"type":"object"}}""",
    ];

    [Theory]
    [MemberData(nameof(Definitions))]
    public async Task List_IsServedToEveryRevision_WhateverOneServerDefines(string definition)
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Modern, f => f.Offer = new FakeOffer
        {
            Tools = [definition, """{"name":"fine","inputSchema":{"type":"object"}}"""],
            Prompts = [definition, """{"name":"fine"}"""],
            Resources = [definition, """{"uri":"a:fine","name":"fine"}"""],
            ResourceTemplates = [definition, """{"uriTemplate":"b:{x}","name":"fine"}""", """{"uriTemplate":"b:{","name":"x"}""", """{"uriTemplate":"{}{+}{?}{{}}","name":"x"}"""],
        });

        foreach (var revision in All)
        {
            var client = await McpClient.ConnectAsync(pair.Gateway, revision);
            var tools = (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetRawText()).ToArray();
            Assert.Contains("\"bad_fine\"", tools);
            Assert.Contains("\"good_echo\"", tools);
            Assert.Contains("\"hub_echo\"", tools);
            Assert.Equal(tools.Distinct(), tools);
            Assert.All(tools, t => Assert.Matches("^\"[A-Za-z0-9_-]{1,64}\"$", t));
            Assert.NotEqual(0, (await client.RequestAsync("prompts/list")).Result.GetProperty("prompts").GetArrayLength());
            Assert.NotEqual(0, (await client.RequestAsync("resources/list")).Result.GetProperty("resources").GetArrayLength());
            Assert.NotEqual(0, (await client.RequestAsync("resources/templates/list")).Result.GetProperty("resourceTemplates").GetArrayLength());
        }

        Assert.Equal("fine", (await pair.Client.CallAsync("bad_fine")).Text);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task Names_StayUnique_WhenAServerForgesThem()
    {
        // "bad_a_b" is taken by the first, so that the second gets a hash; the third is named like that in advance.
        var forged = ShownName.WithHash("bad_a/b", "bad\na/b")["bad_".Length..];
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Modern, f => f.Offer = FakeOffer.OfTools(forged, "a.b", "a/b"));

        var names = pair.Gateway.Catalog.Root.Content.Tools.Where(t => t.Source.Name == "bad").Select(t => t.Name).ToArray();

        Assert.Equal(3, names.Distinct().Count());
        Assert.Equal("a/b", (await pair.Client.CallAsync(pair.Gateway.Catalog.Root.Content.Tools.Single(t => t.SourceName == "a/b").Name)).Text);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("hub_echo")]
    [InlineData("good_echo")]
    [InlineData("bad_other")]
    public async Task Rename_NeverHidesTheRest_WhenTheNameIsAlreadyThere(string name)
    {
        await using var pair = await ChaosPair.StartAsync(
            UpstreamKind.Modern,
            f => f.Offer = FakeOffer.OfTools("renamed", "echo", "other"),
            configure: c => c with { Tools = new Dictionary<string, ToolConfig> { ["renamed"] = new() { Name = name } } });

        // The catalog is built, at the root and for the server alone.
        Assert.Equal(3, pair.Gateway.Catalog.Root.Content.Tools.Count(t => t.Source.Name == "bad"));
        Assert.Equal(3, pair.Gateway.Catalog.Servers["bad"].Content.Tools.Select(t => t.Name).Distinct().Count());
        foreach (var tool in pair.Gateway.Catalog.Root.Content.Tools.Where(t => t.Source.Name == "bad"))
        {
            Assert.Equal(tool.SourceName, (await pair.Client.CallAsync(tool.Name)).Text);
        }

        await pair.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("always-the-same")]
    public async Task List_Ends_WhenItsCursorsDoNot(string cursor)
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Modern, f => f.On(
            "tools/list",
            x => x.ResultAsync("""{"resultType":"complete","ttlMs":0,"cacheScope":"public","tools":[{"name":"echo","inputSchema":{"type":"object"}}],"nextCursor":"CURSOR"}""".Replace("CURSOR", cursor, StringComparison.Ordinal))));

        Assert.Equal("echo", (await pair.Client.CallAsync("bad_echo")).Text);
        Assert.InRange(pair.Bad.Of("tools/list").Count, 1, 3);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task List_IsReadToItsEnd_ThroughAnyCursors()
    {
        // An empty cursor is a cursor like any other.
        string[] cursors = ["", "\\u0000", "ä\\\"\\n", "5"];
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Modern, f => f.On("tools/list", x =>
        {
            var given = x.Request.Params.TryGetProperty("cursor", out var cursor) ? cursor.GetRawText()[1..^1] : null;
            var page = given is null ? 0 : Array.FindIndex(cursors, c => System.Text.Json.JsonElement.Parse($"\"{c}\"").GetString() == System.Text.Json.JsonElement.Parse($"\"{given}\"").GetString()) + 1;
            return x.ResultAsync("{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"public\",\"tools\":[{\"name\":\"t" + page + "\",\"inputSchema\":{\"type\":\"object\"}}]"
                + (page < cursors.Length ? ",\"nextCursor\":\"" + cursors[page] + "\"" : "") + "}");
        }));

        Assert.Equal(["t0", "t1", "t2", "t3", "t4"], pair.Gateway.Catalog.Servers["bad"].Content.Tools.Select(t => t.Name));
    }

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"cut \ud83d"}],"structuredContent":{"a":"\ud83d"}}""")]
    [InlineData("""{"content":[{"type":"resource_link","uri":"a:\ud83d","name":"\udc00"}]}""")]
    [InlineData("""{"content":[{"type":"audio","data":"\ud83d","mimeType":5}]}""")]
    [InlineData("""{"content":[{"type":"text","text":"x","\ud83d":1,"_meta":{"\ud83d":1}}]}""")]
    [InlineData("""{"content":[{"type":"\ud83d"}]}""")]
    [InlineData("""{"content":[{"type":5},7,null,[],{"type":"resource","resource":"\ud83d"}]}""")]
    [InlineData("""{"content":{"type":"text"}}""")]
    [InlineData("""{"content":"text"}""")]
    [InlineData("""{"content":[{"type":"text","text":"a","text":"b"}],"_meta":[],"structuredContent":null,"isError":"yes"}""")]
    public async Task Result_PassesToEveryRevision_WhateverItHolds(string result)
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, f => f.OnTool("echo", result));

        foreach (var revision in All)
        {
            var client = await McpClient.ConnectAsync(pair.Gateway, revision);
            var answer = await client.CallAsync("bad_echo");
            Assert.True(answer.Code == 0, $"{revision}: {answer}");
            Assert.True(answer.Result.TryGetProperty("content", out _));
        }

        await pair.OthersStillServeAsync();
    }
}
