using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Revisions;

/// <summary>Descriptions of tools, prompts and resources between all revisions (T5, T6, T25, T27).</summary>
public sealed class ListTests
{
    private const string Unknown = """
        "x-unknown":{"keep":[1.0, 1152921504606846976,"\u00e4\/"]}
        """;

    private const string Rest = """
        "title":"Title","description":"What it is","icons":[{"src":"data:image/png;base64,iVBORw0KGgo="}],"annotations":{"readOnlyHint":true},"execution":{"taskSupport":"optional"},"_meta":{"vendor.example/a":1.0},
        """ + Unknown;

    private static readonly FakeOffer Offer = new()
    {
        Tools =
        [
            """{"name":"rich","inputSchema":{"type":"object","properties":{"a":{"type":"integer","default":1.0}}},"outputSchema":{"type":"object"},""" + Rest + "}",
            """{"name":"open","inputSchema":{"type":"object"},"outputSchema":{"type":"array","items":{"$ref":"#/$defs/x"},"contains":{"$ref":"#"},"$defs":{"x":{"const":1.0}}}}""",
        ],
        Prompts = ["""{"name":"plan","arguments":[{"name":"topic","title":"Topic","required":true}],""" + Rest + "}"],
        Resources = ["""{"uri":"file:///a%20b","name":"ab","mimeType":"text/plain","size":3,""" + Rest + "}"],
        ResourceTemplates = ["""{"uriTemplate":"file:///{path}","name":"any",""" + Rest + "}"],
        Instructions = "Use it well.",
        HasCompletions = true,
    };

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Definitions_HaveWhatTheClientsRevisionHas_AndAllThatNobodyKnows(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer);
        foreach (var (method, member, key, original) in Lists())
        {
            var answer = await pair.Client.RequestAsync(method);
            var shown = answer.Result.GetProperty(member)[0];
            if (pair.ClientRevision == pair.ServerRevision)
            {
                var name = key == "name" ? "s_" : "";
                Assert.Equal(original.Replace($"\"{key}\":\"", $"\"{key}\":\"{name}", StringComparison.Ordinal)[..20], shown.GetRawText()[..20]);
                Assert.Equal(original.Length + name.Length, shown.GetRawText().Length);
            }

            Assert.Contains(Unknown.Trim(), shown.GetRawText(), StringComparison.Ordinal);
            Assert.Equal("What it is", shown.GetProperty("description").GetString());
            var isEqual = pair.ClientRevision == pair.ServerRevision;
            AssertHas(isEqual || pair.ClientHas(Revision.V20250618), shown, "title", "\"Title\"");
            AssertHas(isEqual || pair.ClientHas(Revision.V20250618), shown, "_meta", """{"vendor.example/a":1.0}""");
            AssertHas(isEqual || pair.ClientHas(Revision.V20251125), shown, "icons", """[{"src":"data:image/png;base64,iVBORw0KGgo="}]""");
            AssertHas(isEqual || pair.ClientHas(Revision.V20250326), shown, "annotations", """{"readOnlyHint":true}""");
            AssertHas(isEqual || pair.ClientRevision == Revision.V20251125, shown, "execution", """{"taskSupport":"optional"}""");
            if (method == "tools/list")
            {
                AssertHas(isEqual || pair.ClientHas(Revision.V20250618), shown, "outputSchema", """{"type":"object"}""");
                Assert.Equal("""{"type":"object","properties":{"a":{"type":"integer","default":1.0}}}""", shown.GetProperty("inputSchema").GetRawText());
            }

            AssertEnvelope(pair, answer.Result);
        }

        pair.AssertServerWasSpokenToWell();
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task OpenOutputSchema_IsWrapped_ForClientsThatOnlyKnowObjects(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer);

        var tool = (await pair.Client.RequestAsync("tools/list")).Result.GetProperty("tools")[1];

        if (pair.ClientRevision.IsModern() || pair.ClientRevision == pair.ServerRevision)
        {
            AssertHas(true, tool, "outputSchema", """{"type":"array","items":{"$ref":"#/$defs/x"},"contains":{"$ref":"#"},"$defs":{"x":{"const":1.0}}}""");
        }
        else
        {
            AssertHas(
                pair.ClientHas(Revision.V20250618), tool, "outputSchema",
                """{"type":"object","properties":{"result":{"type":"array","items":{"$ref":"#/properties/result/$defs/x"},"contains":{"$ref":"#/properties/result"},"$defs":{"x":{"const":1.0}}}},"required":["result"]}""");
        }
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Greeting_IsOfTheClientsRevision(string client, string server)
    {
        await using var pair = await RevisionPair.StartAsync(client, server, Offer);
        var greeting = pair.Client.Greeting;

        var capabilities = greeting.GetProperty("capabilities").EnumerateObject().Select(c => c.Name).Order();
        Assert.Equal("Use it well.", greeting.GetProperty("instructions").GetString());
        if (pair.ClientRevision.IsModern())
        {
            Assert.Equal(["completions", "prompts", "resources", "tools"], capabilities);
            AssertEnvelope(pair, greeting);
            Assert.Contains("2026-07-28", greeting.GetProperty("supportedVersions").EnumerateArray().Select(v => v.GetString()));
            return;
        }

        Assert.Equal(pair.ClientHas(Revision.V20250326) ? ["completions", "prompts", "resources", "tools"] : ["prompts", "resources", "tools"], capabilities);
        Assert.Equal(client, greeting.GetProperty("protocolVersion").GetString());
        Assert.Equal("mcphub", greeting.GetProperty("serverInfo").GetProperty("name").GetString());
        Assert.False(greeting.TryGetProperty("resultType", out _));
    }

    [Theory]
    [MemberData(nameof(RevisionPair.All), MemberType = typeof(RevisionPair))]
    public async Task Pages_AreCompleteAndHaveTheirCursors(string client, string server)
    {
        var names = Enumerable.Range(0, 5).Select(i => $"t{i}").ToArray();
        await using var pair = await RevisionPair.StartAsync(client, server, FakeOffer.OfTools(names), pageSize: 2);
        var seen = new List<string?>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await pair.Client.RequestAsync("tools/list", cursor.Length == 0 ? "{}" : "{\"cursor\":\"" + cursor + "\"}")).Result;
            AssertEnvelope(pair, page);
            seen.AddRange(page.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }

        Assert.Equal(names.Select(n => "s_" + n), seen);
        Assert.Equal(-32602, (await pair.Client.RequestAsync("tools/list", """{"cursor":"2"}""")).Code);
    }

    [Fact]
    public async Task Uris_OfSeveralServers_AreToldApartEverywhere()
    {
        var offer = new FakeOffer { Resources = ["""{"uri":"file:///same","name":"same"}"""], Tools = ["""{"name":"link","inputSchema":{"type":"object"}}"""] };
        await using var one = await FakeUpstream.StartAsync(Revision.V20260728, offer);
        await using var two = await FakeUpstream.StartAsync(Revision.V20251125, offer);
        foreach (var (fake, name) in ((FakeUpstream, string)[])[(one, "one"), (two, "two")])
        {
            fake.On("resources/read", x => x.ResultAsync("{\"contents\":[{\"uri\":\"file:///same\",\"text\":\"" + name + "\"}]}"));
            fake.OnTool("link", """{"content":[{"type":"resource_link","uri":"file:///same","name":"l"},{"type":"resource","resource":{"uri":"file:///same","text":"t"}},{"type":"resource_link","uri":"file:///own","name":"o"}]}""");
        }

        await using var gateway = await GatewayHost.StartAsync(one.Config("one"), two.Config("two"));
        foreach (var revision in Protocol.Revisions.All)
        {
            var client = await McpClient.ConnectAsync(gateway, revision);
            Assert.Equal(
                ["file:///same", "mcphub://two/file:///same"],
                (await client.RequestAsync("resources/list")).Result.GetProperty("resources").EnumerateArray().Select(r => r.GetProperty("uri").GetString()));
            foreach (var (uri, text) in ((string, string)[])[("file:///same", "one"), ("mcphub://two/file:///same", "two")])
            {
                var content = (await client.RequestAsync("resources/read", "{\"uri\":\"" + uri + "\"}")).Result.GetProperty("contents")[0];
                Assert.Equal((uri, text), (content.GetProperty("uri").GetString(), content.GetProperty("text").GetString()));
            }

            var body = (await client.CallAsync("two_link")).Result.GetProperty("content").GetRawText();
            Assert.Equal(2, body.Split("mcphub://two/file:///same").Length - 1);
            Assert.Contains("file:///own", body, StringComparison.Ordinal);
            Assert.DoesNotContain("mcphub://two/file:///own", body, StringComparison.Ordinal);
            Assert.DoesNotContain("mcphub://", (await client.CallAsync("one_link")).Body, StringComparison.Ordinal);
        }

        Assert.All(one.Of("resources/read").Concat(two.Of("resources/read")), r => Assert.Equal("file:///same", r.Params.GetProperty("uri").GetString()));
    }

    /// <summary>What every cacheable result of the modern era has, and no result of the legacy one.</summary>
    private static void AssertEnvelope(RevisionPair pair, JsonElement result)
    {
        Assert.Equal(pair.ClientRevision.IsModern(), result.TryGetProperty("resultType", out var type));
        Assert.Equal(pair.ClientRevision.IsModern(), result.TryGetProperty("ttlMs", out var ttl));
        Assert.Equal(pair.ClientRevision.IsModern(), result.TryGetProperty("cacheScope", out var scope));
        if (pair.ClientRevision.IsModern())
        {
            Assert.Equal("complete", type.GetString());
            Assert.Equal(pair.ServerRevision.IsModern() ? (50_000, "public") : (0, "private"), (ttl.GetInt32(), scope.GetString()));
            Assert.Equal("mcphub", result.GetProperty("_meta").GetProperty("io.modelcontextprotocol/serverInfo").GetProperty("name").GetString());
        }
    }

    private static (string Method, string Member, string Key, string Original)[] Lists() =>
    [
        ("tools/list", "tools", "name", Offer.Tools![0]),
        ("prompts/list", "prompts", "name", Offer.Prompts![0]),
        ("resources/list", "resources", "uri", Offer.Resources![0]),
        ("resources/templates/list", "resourceTemplates", "uriTemplate", Offer.ResourceTemplates[0]),
    ];

    private static void AssertHas(bool expected, JsonElement element, string member, string json)
    {
        Assert.Equal(expected, element.TryGetProperty(member, out var value));
        if (expected)
        {
            Assert.Equal(json, value.GetRawText());
        }
    }
}
