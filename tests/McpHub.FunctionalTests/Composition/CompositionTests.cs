using System.Diagnostics;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Composition;

/// <summary>Compositions as clients of both eras see and call them.</summary>
public sealed class CompositionTests
{
    private const string Steps = "io.mcphub/steps";

    private const string FindThenRead = """
        {
          "description": "Finds and reads.",
          "inputSchema": { "type": "object", "properties": { "word": { "type": "string" } }, "required": ["word"] },
          "steps": [
            { "id": "find", "tool": "s_find", "arguments": { "query": "${/input/word}*" } },
            { "id": "read", "tool": "s_read", "forEach": "/steps/find/files", "arguments": { "path": "${/item}" }, "onError": "continue" },
            { "id": "never", "tool": "s_read", "when": { "at": "/input/more", "exists": true } }
          ],
          "output": { "texts": "${/steps/read}", "count": "${/steps/find/count}" }
        }
        """;

    private static FakeOffer Offer { get; } = new()
    {
        Tools =
        [
            """{"name":"find","annotations":{"readOnlyHint":true,"openWorldHint":false},"inputSchema":{"type":"object"}}""",
            """{"name":"read","annotations":{"readOnlyHint":true,"openWorldHint":false},"inputSchema":{"type":"object"}}""",
            """{"name":"write","inputSchema":{"type":"object"}}""",
        ],
    };

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2025-03-26")]
    [InlineData("2026-07-28")]
    public async Task Composition_IsListedAndCalled_LikeAnyTool(string revision)
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway.Hub, ComposedGateway.RevisionOf(revision));

        var tools = (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().ToArray();
        var tool = tools.Single(t => t.GetProperty("name").GetString() == "find_then_read");
        Assert.True(tool.GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean());
        Assert.False(tool.GetProperty("annotations").GetProperty("openWorldHint").GetBoolean());

        var answer = await client.CallAsync("find_then_read", """{"word":"a"}""");

        Assert.Equal("""{"texts":["text of a1",null],"count":2}""", answer.Text);
        var steps = answer.Result.GetProperty("_meta").GetProperty(Steps).EnumerateArray().ToArray();
        Assert.Equal(["find succeeded", "read succeeded", "never skipped"], steps.Select(s => $"{s.GetProperty("id").GetString()} {s.GetProperty("outcome").GetString()}"));
        Assert.Equal((2, 1), (steps[1].GetProperty("items").GetInt32(), steps[1].GetProperty("failedItems").GetInt32()));
        Assert.Equal("""{"query":"a*"}""", gateway.Server.Of("tools/call")[0].Params.GetProperty("arguments").GetRawText());
    }

    [Fact]
    public async Task Composition_IsCalled_OverStdio()
    {
        await using var gateway = await StartAsync();
        await using var client = gateway.Hub.OpenStdio();
        await client.InitializeAsync();

        var answer = await client.AskAsync(Rpc.Request("1", "tools/call", Rpc.Call("find_then_read", """{"word":"a"}""")));

        Assert.Equal(2, answer.GetProperty("result").GetProperty("structuredContent").GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Step_HasTheTextOfAStructuredTool_WhereItAsksForIt_AndTheCallerAlways(string revision)
    {
        await using var gateway = await ComposedGateway.StartAsync(
            [
                ("inner", """{"description":"Structured.","steps":[{"id":"status","tool":"hub_status"}],"output":{"version":"${/steps/status/version}"}}"""),
                ("outer", """
                    {
                      "description": "The same in every form.",
                      "steps": [
                        { "id": "auto", "tool": "inner" },
                        { "id": "full", "tool": "inner", "result": "full" },
                        { "id": "text", "tool": "hub_status", "result": "text" },
                        { "id": "parsed", "tool": "hub_status", "result": "json" }
                      ],
                      "output": {
                        "auto": "${/steps/auto/version}", "full": "${/steps/full/structuredContent/version}", "parsed": "${/steps/parsed/version}",
                        "inFull": "${/steps/full/content/0/text}", "text": "${/steps/text}"
                      }
                    }
                    """),
            ],
            Offer);
        var client = await McpClient.ConnectAsync(gateway.Hub, ComposedGateway.RevisionOf(revision));

        var answer = (await client.CallAsync("outer", "{}")).Result;

        var output = answer.GetProperty("structuredContent");
        var version = output.GetProperty("auto").GetString();
        Assert.NotEmpty(version!);
        Assert.Equal([version, version], new[] { "full", "parsed" }.Select(form => output.GetProperty(form).GetString()));
        Assert.Equal($$"""{"version":"{{version}}"}""", output.GetProperty("inFull").GetString());
        Assert.StartsWith("{", output.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(output.GetRawText(), answer.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Call_IsRefused_WithoutWhatItRequires()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var answer = await client.CallAsync("find_then_read", "{}");

        Assert.Equal("Invalid arguments for tool 'find_then_read': 'word' is missing.", answer.Text);
        Assert.Empty(gateway.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Step_HasItsCallersPermissions_AndWhatIsForbiddenIsNotThere()
    {
        await using var gateway = await StartAsync(g => g with
        {
            Policy = new PolicyConfig { Rules = [new PolicyRuleConfig { Id = "no", Effect = PolicyEffect.Deny, Tools = ["s_read"] }] },
        });
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var allowed = await client.CallAsync("find_then_read", """{"word":"a"}""");
        var denied = await client.CallAsync("just_read", "{}");

        Assert.Equal("""{"texts":[null,null],"count":2}""", allowed.Text);
        Assert.Equal("The composition 'just_read' can't run: step 'read' needs the tool 's_read', which is not there.", denied.Text);
        Assert.DoesNotContain(gateway.Server.Of("tools/call"), r => r.Params.GetProperty("name").GetString() == "read");
    }

    [Fact]
    public async Task Tool_ThatDisappears_IsNamed_AndComesBack()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        await gateway.Hub.Runtime.ApplyAsync(gateway.Hub.Runtime.Config with { Upstreams = [] }, TestContext.Current.CancellationToken);
        var gone = await client.CallAsync("find_then_read", """{"word":"a"}""");
        var listed = (await client.RequestAsync("tools/list")).Body;

        Assert.Contains("needs the tool 's_find', which is not there", gone.Text, StringComparison.Ordinal);
        Assert.True(gone.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("find_then_read", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compositions_CallEachOther_ToABoundedDepth()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var outer = await client.CallAsync("outer", """{"word":"a"}""");
        var endless = await client.CallAsync("one", "{}");

        Assert.Equal(2, outer.Result.GetProperty("structuredContent").GetProperty("count").GetInt32());
        Assert.Contains("4 deep at most", endless.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_TellsOfRetriesAndFallbacks()
    {
        await using var gateway = await StartAsync();
        var calls = 0;
        gateway.Server.OnTool("write", x => ++calls < 3 ? x.ErrorAsync(-32000, "busy") : x.TextAsync("written"));
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var answer = await client.CallAsync("stubborn");

        Assert.Equal("written, else text of fallback", answer.Text);
        var steps = answer.Result.GetProperty("_meta").GetProperty(Steps);
        Assert.Equal(3, steps[0].GetProperty("attempts").GetInt32());
        Assert.Equal("s_read", steps[1].GetProperty("fallback").GetString());
    }

    [Fact]
    public async Task FailedStep_IsTold_WithWhatTheToolSays()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20251125);

        var answer = await client.CallAsync("just_read", "{}");

        Assert.Equal("Step 'read' (s_read) of the composition 'just_read' failed: no such file", answer.Text);
        Assert.Equal("toolError", answer.Result.GetProperty("_meta").GetProperty(Steps)[0].GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Steps_HaveASpanEach_AndComeFromTheCache()
    {
        await using var gateway = await StartAsync(g => g with
        {
            Cache = new CacheConfig { Enabled = true, Tools = new Dictionary<string, CacheToolConfig> { ["s_find"] = new() } },
        });
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == McpMetrics.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans)
                {
                    spans.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);
        await client.CallAsync("find_then_read", """{"word":"cached"}""");

        var answer = await client.CallAsync("find_then_read", """{"word":"cached"}""");

        Assert.True(answer.Result.GetProperty("_meta").GetProperty(Steps)[0].GetProperty("cached").GetBoolean());
        Assert.False(answer.Result.GetProperty("_meta").GetProperty(Steps)[1].TryGetProperty("cached", out _));
        lock (spans)
        {
            var step = spans.Last(s => s.DisplayName == "step find");
            Assert.Equal("find_then_read", step.GetTagItem("mcphub.composition.name"));
            Assert.Contains(spans, s => s.DisplayName == "tools/call s_find" && s.ParentSpanId == step.SpanId);
            Assert.Contains(spans, s => s.SpanId == step.ParentSpanId && s.DisplayName == "tools/call find_then_read");
        }
    }

    [Fact]
    public async Task Cache_KeepsTheSteps_AndNotTheComposition()
    {
        await using var gateway = await StartAsync(g => g with
        {
            Cache = new CacheConfig { Enabled = true, Tools = new Dictionary<string, CacheToolConfig> { ["*"] = new() { RequireReadOnlyHint = false } } },
        });
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var first = await client.CallAsync("outer", """{"word":"a"}""");
        var second = await client.CallAsync("outer", """{"word":"a"}""");
        var inner = await client.CallAsync("find_then_read", """{"word":"a"}""");
        var endless = await client.CallAsync("one", "{}");

        // Were it kept, it would say of its steps what the first run said.
        Assert.Equal(first.Text, second.Text);
        Assert.False(second.Result.GetProperty("_meta").GetProperty(Steps)[0].TryGetProperty("cached", out _));
        Assert.True(inner.Result.GetProperty("_meta").GetProperty(Steps)[0].GetProperty("cached").GetBoolean());
        Assert.Single(gateway.Server.Of("tools/call"), r => r.Tool == "find");

        // Were it sent for all who ask, each would wait for the next, and the last for the first.
        Assert.Contains("4 deep at most", endless.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"count":"${/steps/find/count}"}""", null)]
    [InlineData("""{"count":"${/steps/find/files}"}""", "'count' has the wrong type; it has to be an integer.")]
    [InlineData("""{"number":"${/steps/find/count}"}""", "'count' is missing.")]
    [InlineData("\"${/steps/find/count}\"", "'count' is missing.")]
    [InlineData("\"${/steps/find/count} files\"", "it is a text, where an object is announced.")]
    [InlineData("\"${/input/none}\"", "'count' is missing.")]
    public async Task Output_IsWhatTheOutputSchemaAnnounces_OrAFailure(string output, string? fault)
    {
        await using var gateway = await StartAsync(g => g with
        {
            Compositions = new Dictionary<string, string>
            {
                ["announced"] = $$$"""
                    {"description":"d","outputSchema":{"type":"object","properties":{"count":{"type":"integer"}},"required":["count"]},
                     "steps":[{"id":"find","tool":"s_find"}],"output":{{{output}}}}
                    """,
            },
        });
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var answer = await client.CallAsync("announced");

        Assert.Equal(fault is not null, answer.Result.TryGetProperty("isError", out _));
        Assert.Equal(fault is null, answer.Result.TryGetProperty("structuredContent", out _));
        Assert.Equal(fault is null ? """{"count":2}""" : $"The output of the composition 'announced' is not what its outputSchema says: {fault}", answer.Text);
    }

    [Fact]
    public async Task Progress_IsTold_StepByStep()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var answer = await client.CallAsync("find_then_read", """{"word":"a"}""", meta: "\"progressToken\":\"p\"");

        Assert.Equal([1, 2, 3], answer.Notifications.Select(n => n.GetProperty("params").GetProperty("progress").GetInt32()).Order());
        Assert.All(answer.Notifications, n => Assert.Equal(3, n.GetProperty("params").GetProperty("total").GetInt32()));
    }

    [Fact]
    public async Task Compositions_ChangeWithTheConfiguration_AndClientsAreTold()
    {
        await using var gateway = await StartAsync();
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20251125);
        using var stream = await client.StreamAsync();
        var config = gateway.Hub.Runtime.Config;

        await gateway.Hub.Runtime.ApplyAsync(
            config with { Gateway = config.Gateway with { Compositions = new Dictionary<string, string> { ["only"] = config.Gateway.Compositions["just_read"] } } },
            TestContext.Current.CancellationToken);

        while (await stream.NextAsync() is { } told && told.Data?.Contains("notifications/tools/list_changed", StringComparison.Ordinal) != true)
        {
            // What the stream begins with is no message.
        }

        var names = (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()).ToArray();
        Assert.Contains("only", names);
        Assert.DoesNotContain("find_then_read", names);
    }

    private static async Task<ComposedGateway> StartAsync(Func<GatewayConfig, GatewayConfig>? change = null)
    {
        var gateway = await ComposedGateway.StartAsync(
            [
                ("find_then_read", FindThenRead),
                ("just_read", """{"description":"d","steps":[{"id":"read","tool":"s_read","arguments":{"path":"a2"}}]}"""),
                ("outer", """{"description":"d","steps":[{"id":"inner","tool":"find_then_read","arguments":"${/input}"}]}"""),
                ("one", """{"description":"d","steps":[{"id":"a","tool":"two"}]}"""),
                ("two", """{"description":"d","steps":[{"id":"a","tool":"one"}]}"""),
                ("stubborn", """
                    {"description":"d","steps":[
                      {"id":"write","tool":"s_write","retry":{"attempts":3,"backoff":"1ms","on":["error"]}},
                      {"id":"read","tool":"s_read","arguments":{"path":"a2"},"onError":{"tool":"s_read","arguments":{"path":"fallback"}}}
                     ],"output":"${/steps/write}, else ${/steps/read}"}
                    """),
            ],
            Offer,
            gateway: change);
        gateway.Server
            .OnTool("find", """{"content":[],"structuredContent":{"files":["a1","a2"],"count":2}}""")
            .OnTool("read", x => x.Request.Params.GetProperty("arguments").GetProperty("path").GetString() is "a2"
                ? x.ResultAsync("""{"content":[{"type":"text","text":"no such file"}],"isError":true}""")
                : x.TextAsync($"text of {x.Request.Params.GetProperty("arguments").GetProperty("path").GetString()}"));
        return gateway;
    }
}
