using System.Diagnostics.Metrics;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.RateLimiting;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Batching;

/// <summary><c>hub_batch</c> as clients and servers see it.</summary>
public sealed class BatchTests
{
    public static TheoryData<string, string> ClientsAndServers { get; } =
        new(BatchClient.All.SelectMany(c => new[] { "2025-06-18", "2026-07-28", "legacy process", "modern process" }.Select(s => (c.Data, s))));

    [Theory]
    [MemberData(nameof(ClientsAndServers))]
    public async Task Batch_AnswersEveryItem_InTheirOrder(string which, string server)
    {
        await using var upstream = server.EndsWith("process", StringComparison.Ordinal) ? null
            : await FakeUpstream.StartAsync(Parse(server), setUp: f => f.OnTool("echo", x => x.TextAsync(x.Request.Params.GetProperty("arguments").GetProperty("m").GetRawText())));
        await using var gateway = await GatewayHost.StartAsync(upstream?.Config("srv") ?? StdioUpstreams.Config("srv", server.Split(' ')[0]));
        await using var client = await BatchClient.ConnectAsync(gateway, which);

        var batch = await client.RunAsync([
            BatchClient.Item("a", "srv_echo", """{"m":1}"""),
            BatchClient.Item("none", "srv_nothing"),
            BatchClient.Item("b", "hub_echo", """{"message":"hi"}"""),
            BatchClient.Item("c", "srv_echo", """{"m":2}""", "\"depends_on\":[\"a\",\"b\"]"),
            BatchClient.Item("d", "srv_echo", """{"m":3}""", "\"depends_on\":[\"none\"]"),
        ]);

        Assert.Equal(5, batch.GetProperty("total").GetInt32());
        Assert.Equal(["a", "b", "c"], BatchClient.Ids(batch, "results"));
        Assert.Equal(["none", "d"], BatchClient.Ids(batch, "errors"));
        Assert.Equal((-32602, "Unknown tool: srv_nothing"), (batch.GetProperty("errors")[0].GetProperty("code").GetInt32(), batch.GetProperty("errors")[0].GetProperty("message").GetString()));
        Assert.Equal("skipped", batch.GetProperty("errors")[1].GetProperty("status").GetString());
        Assert.Equal("hi", Text(batch.GetProperty("results")[1]));
        Assert.All(batch.GetProperty("results").EnumerateArray(), r => Assert.True(r.GetProperty("duration_ms").GetDouble() >= 0 && !r.GetProperty("cached").GetBoolean()));
        if (upstream is not null)
        {
            Assert.Equal(["1", "2"], new[] { 0, 2 }.Select(i => Text(batch.GetProperty("results")[i])));
        }
    }

    [Theory]
    [MemberData(nameof(BatchClient.All), MemberType = typeof(BatchClient))]
    public async Task Batch_IsRefused_WithWhatIsWrong(string which)
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = await BatchClient.ConnectAsync(gateway, which);

        var result = await client.CallAsync("""{"requests":[{"id":"a","tool_name":"hub_echo"}],"mode":"fast"}""");

        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.Contains("'mode' has to be \"parallel\" or \"sequential\"", result.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Item_IsAnErrorOfItsOwn_WhenItsToolFailsOrAnswersAnError()
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, FakeOffer.OfTools("fails", "errs"), setUp: f => f
            .OnTool("fails", """{"resultType":"complete","content":[{"type":"text","text":"broken"}],"isError":true}""")
            .OnTool("errs", x => x.ErrorAsync(-32001, "no", """{"why":1}""")));
        await using var gateway = await GatewayHost.StartAsync(server.Config("srv"));
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var errors = (await client.RunAsync([BatchClient.Item("a", "srv_fails"), BatchClient.Item("b", "srv_errs")])).GetProperty("errors");

        Assert.Equal("tool_error", errors[0].GetProperty("status").GetString());
        Assert.Equal("broken", Text(errors[0]));
        Assert.Equal(("failed", -32001, "{\"why\":1}"), (errors[1].GetProperty("status").GetString(), errors[1].GetProperty("code").GetInt32(), errors[1].GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task EachItem_IsPermittedByItself()
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, FakeOffer.OfTools("echo", "secret"));
        await using var gateway = await StartAsync(server, new GatewayConfig
        {
            Policy = new PolicyConfig
            {
                Rules =
                [
                    new() { Id = "no", Effect = PolicyEffect.Deny, Tools = ["srv_secret"] },
                    new() { Id = "stop", Effect = PolicyEffect.Deny, Arguments = [new() { At = "/m", OneOf = ["\"stop\""] }] },
                ],
            },
        });
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var batch = await client.RunAsync([BatchClient.Item("a", "srv_secret"), BatchClient.Item("b", "srv_unknown"), BatchClient.Item("c", "srv_echo", """{"m":"stop"}"""), BatchClient.Item("d", "srv_echo")]);

        Assert.Equal(["d"], BatchClient.Ids(batch, "results"));
        var errors = batch.GetProperty("errors").EnumerateArray().ToArray();
        Assert.Equal("Unknown tool: srv_secret", errors[0].GetProperty("message").GetString());
        Assert.All(errors, e => Assert.Equal(-32602, e.GetProperty("code").GetInt32()));
        Assert.Single(server.Of("tools/call"));
    }

    [Fact]
    public async Task EachItem_IsCountedByItself()
    {
        await using var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Gateway = new GatewayConfig
            {
                Limits = new LimitsConfig
                {
                    Rules = [new() { Name = "two", Per = LimitScope.Caller, Kind = LimitKind.SlidingWindow, Permits = 2, Every = TimeSpan.FromHours(1), Tools = ["hub_echo"] }],
                },
            },
        });
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var batch = await client.RunAsync(Enumerable.Range(0, 5).Select(i => BatchClient.Item($"{i}", "hub_echo", $$"""{"message":"{{i}}"}""")));

        Assert.Equal((2, 3), (batch.GetProperty("results").GetArrayLength(), batch.GetProperty("errors").GetArrayLength()));
        Assert.All(batch.GetProperty("errors").EnumerateArray(), e => Assert.Equal("two", e.GetProperty("data").GetProperty("limit").GetString()));
    }

    [Fact]
    public async Task Items_WaitForTheRoomOfTheirTier_InsteadOfBeingRefused()
    {
        var meter = new RunningCalls();
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", meter.AnswerAsync));
        await using var gateway = await StartAsync(server, new GatewayConfig
        {
            Limits = new LimitsConfig { Tiers = [new() { Name = "slow", Tools = ["srv_*"], Concurrency = 2 }] },
        });
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var batch = await client.RunAsync(Enumerable.Range(0, 30).Select(i => BatchClient.Item($"{i}", "srv_echo")));

        Assert.Equal(30, batch.GetProperty("results").GetArrayLength());
        Assert.InRange(meter.Most, 1, 2);
    }

    [Fact]
    public async Task EqualItems_AreOneCall_IfTheToolIsSafeToRepeat()
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, new FakeOffer
        {
            Tools =
            [
                """{"name":"read","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}""",
                """{"name":"write","inputSchema":{"type":"object"}}""",
            ],
        });
        await using var gateway = await GatewayHost.StartAsync(server.Config("srv"));
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var batch = await client.RunAsync([
            BatchClient.Item("a", "srv_read", """{"x":1,"y":2}"""), BatchClient.Item("b", "srv_read", """{"y":2,"x":1.0}"""),
            BatchClient.Item("c", "srv_write"), BatchClient.Item("d", "srv_write"),
        ]);

        Assert.Equal(4, batch.GetProperty("results").GetArrayLength());
        Assert.Equal("a", batch.GetProperty("results")[1].GetProperty("same_as").GetString());
        Assert.Equal(["read", "write", "write"], server.Of("tools/call").Select(r => r.Tool).Order());
    }

    [Fact]
    public async Task KnownResults_AreSaidToBe()
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest);
        await using var gateway = await StartAsync(server, new GatewayConfig
        {
            Cache = new CacheConfig { Enabled = true, Tools = new Dictionary<string, CacheToolConfig> { ["srv_echo"] = new() { Ttl = TimeSpan.FromHours(1), RequireReadOnlyHint = false } } },
        });
        await using var client = await BatchClient.ConnectAsync(gateway, "2025-11-25 over http");

        var first = await client.RunAsync([BatchClient.Item("a", "srv_echo")]);
        var second = await client.RunAsync([BatchClient.Item("b", "srv_echo"), BatchClient.Item("c", "srv_echo", """{"m":1}""")]);

        Assert.False(first.GetProperty("results")[0].GetProperty("cached").GetBoolean());
        Assert.Equal([true, false], second.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("cached").GetBoolean()));
        Assert.Equal(2, server.Of("tools/call").Count);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Progress_IsToldOfEachItem_WhenTheCallerAsksForIt(string revision)
    {
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest);
        await using var gateway = await GatewayHost.StartAsync(server.Config("srv"));
        var client = await McpClient.ConnectAsync(gateway, Parse(revision));

        var answer = await client.CallAsync(
            "hub_batch", $$"""{"requests":[{{string.Join(',', Enumerable.Range(0, 3).Select(i => BatchClient.Item($"i{i}", "srv_echo")))}}]}""", "\"progressToken\":\"p\"");

        var progress = answer.Notifications.Select(n => n.GetProperty("params")).ToArray();
        Assert.Equal([1, 2, 3], progress.Select(p => p.GetProperty("progress").GetDouble()));
        Assert.All(progress, p => Assert.Equal(("p", 3), (p.GetProperty("progressToken").GetString(), p.GetProperty("total").GetInt32())));
        Assert.Equal(["i0: succeeded", "i1: succeeded", "i2: succeeded"], progress.Select(p => p.GetProperty("message").GetString()).Order());
    }

    [Fact]
    public async Task Deadline_EndsTheCallsAtTheServer()
    {
        var ended = new TaskCompletionSource();
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", async x =>
        {
            await x.HangAsync();
            ended.TrySetResult();
        }));
        var time = new FakeTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Upstreams = [server.Config("srv")] }, time);
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var running = client.RunAsync([BatchClient.Item("a", "hub_echo", """{"message":"x"}"""), BatchClient.Item("b", "srv_echo", more: "\"depends_on\":[\"a\"]"), BatchClient.Item("c", "hub_echo", """{"message":"x"}""", "\"depends_on\":[\"b\"]")], "\"timeout_ms\":300");
        await server.WaitForAsync("tools/call");
        time.Advance(TimeSpan.FromMilliseconds(300));
        var batch = await running;

        Assert.Equal(["a"], BatchClient.Ids(batch, "results"));
        Assert.All(batch.GetProperty("errors").EnumerateArray(), e => Assert.Equal(("timed_out", -31014), (e.GetProperty("status").GetString(), e.GetProperty("code").GetInt32())));
        await ended.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Cancel_EndsTheCallsAtTheServer()
    {
        var ended = 0;
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", async x =>
        {
            await x.HangAsync();
            Interlocked.Increment(ref ended);
        }));
        await using var gateway = await GatewayHost.StartAsync(server.Config("srv"));
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                // Other tests have gateways of their own.
                if (ReferenceEquals(instrument.Meter.Scope, gateway.Meters) && instrument.Name == "mcphub.batch.runs")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        listener.Start();
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync();

        await client.SendAsync(Rpc.Request("7", "tools/call", Rpc.Call("hub_batch", $$"""{"requests":[{{BatchClient.Item("a", "srv_echo")}},{{BatchClient.Item("b", "srv_echo")}}]}""")));
        await server.WaitForAsync("tools/call", count: 2);
        await client.SendAsync(Rpc.Notification("notifications/cancelled", """{"requestId":7}"""));

        await Patience.UntilAsync(() => Volatile.Read(ref ended) == 2, "both calls have ended");
        await Patience.UntilAsync(() => Interlocked.Read(ref counted) == 1, "the batch is counted");
        Assert.True(await client.IsNextPongAsync("8"));
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task BulkItems_AreOneCall_OfThoseThatArePermitted(string revision)
    {
        await using var server = await MicroBatchTests.StartServerAsync(revision);

        // On a clock that stands still, the call is made because all have come or said that they won't.
        var config = new HubConfig
        {
            Upstreams = [server.Config("srv") with { Exclude = ["items_bulk"], Tools = new Dictionary<string, ToolConfig> { ["item"] = MicroBatchTests.Bulk } }],
            Gateway = new GatewayConfig { Policy = new PolicyConfig { Rules = [new() { Id = "no", Effect = PolicyEffect.Deny, Tools = ["srv_item"], Arguments = [new() { At = "/n", OneOf = ["2"] }] }] } },
        };
        await using var gateway = await GatewayHost.StartAsync(config, new FakeTimeProvider());
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var batch = await client.RunAsync(Enumerable.Range(0, 4).Select(i => BatchClient.Item($"{i}", "srv_item", $$"""{"n":{{i}}}""")));

        Assert.Equal(["item 0", "item 1", "item 3"], batch.GetProperty("results").EnumerateArray().Select(Text));
        Assert.Equal("2", batch.GetProperty("errors")[0].GetProperty("id").GetString());
        var call = Assert.Single(server.Of("tools/call"));
        Assert.Equal("items_bulk", call.Tool);
        Assert.Equal("""[{"n":0},{"n":1},{"n":3}]""", Sorted(call.Params.GetProperty("arguments").GetProperty("items")));
    }

    [Fact]
    public async Task BulkItems_WaitForAPlaceEach_WhenTheServerHasNoBulkToolNow()
    {
        var calls = new RunningCalls();
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, FakeOffer.OfTools("item"), setUp: f => f.OnTool("item", calls.AnswerAsync));
        await using var gateway = await StartBulkAsync(server, new GatewayConfig { Batch = new BatchConfig { Adaptive = false, PerServer = 2 } });
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        var batch = await client.RunAsync(Enumerable.Range(0, 30).Select(i => BatchClient.Item($"{i}", "srv_item", $$"""{"n":{{i}}}""")));

        Assert.Equal(30, batch.GetProperty("results").GetArrayLength());
        Assert.InRange(calls.Most, 1, 2);
    }

    [Theory]
    [InlineData(3, 100, 4)]
    [InlineData(5, 3, 1)]
    public async Task BulkItems_AreAllDone_WhenTheirTierHasLittleRoom(int room, int maxItems, int leastBulkCalls)
    {
        await using var server = await MicroBatchTests.StartServerAsync("2026-07-28");
        await using var gateway = await StartBulkAsync(server, new GatewayConfig
        {
            Limits = new LimitsConfig { Tiers = [new() { Name = "slow", Tools = ["srv_item"], Concurrency = room }] },
        }, new FakeTimeProvider(), maxItems);
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        // Nothing that was refused would be made again: time stands still.
        var batch = await client.RunAsync(Enumerable.Range(0, 12).Select(i => BatchClient.Item($"{i}", "srv_item", $$"""{"n":{{i}}}""")));

        Assert.True(batch.GetProperty("results").GetArrayLength() == 12, batch.GetRawText());
        Assert.InRange(server.Of("tools/call").Count(r => r.Tool == "items_bulk"), leastBulkCalls, 6);
    }

    [Fact]
    public async Task BulkItems_ThatComeTooLateForTheOneCall_AreMadeOneByOne()
    {
        var calls = new RunningCalls();
        await using var server = await MicroBatchTests.StartServerAsync("2026-07-28");
        server.OnTool("item", calls.AnswerAsync);
        var time = new FakeTimeProvider();
        await using var gateway = await StartBulkAsync(server, new GatewayConfig
        {
            Batch = new BatchConfig { Adaptive = false, PerServer = 1 },
            Limits = new LimitsConfig
            {
                Rules = [new() { Name = "few", Per = LimitScope.Caller, Kind = LimitKind.Concurrency, Permits = 4, Queue = 100, Wait = Patience.Limit, Tools = ["srv_item"] }],
            },
        }, time);
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");

        // Four have room at once and become one call, the others wait in the limit's line.
        var running = client.RunAsync(Enumerable.Range(0, 20).Select(i => BatchClient.Item($"{i}", "srv_item", $$"""{"n":{{i}}}""")));
        var limits = gateway.Services.GetRequiredService<RateLimits>();
        await Patience.UntilAsync(() => limits.Current!.Rules.Single().Partitions.All.Cast<ConcurrencySlots>().Sum(s => s.Waiting) == 16, "all others wait");
        time.Advance(TimeSpan.FromMilliseconds(20));
        var batch = await running;

        Assert.Equal(20, batch.GetProperty("results").GetArrayLength());
        Assert.Equal(16, server.Of("tools/call").Count(r => r.Tool == "item"));
        Assert.Equal(1, calls.Most);
    }

    [Fact]
    public async Task Batches_MayBeInsideEachOther_ToABound()
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = await BatchClient.ConnectAsync(gateway, "2026-07-28 over http");
        var inner = BatchClient.Item("x", "hub_echo", """{"message":"deep"}""");
        for (var depth = 2; depth <= 4; depth++)
        {
            inner = BatchClient.Item("x", "hub_batch", $$"""{"requests":[{{inner}}]}""");
        }

        var allowed = await client.RunAsync([inner]);
        var tooDeep = await client.RunAsync([BatchClient.Item("x", "hub_batch", $$"""{"requests":[{{inner}}]}""")]);

        Assert.Contains("deep", allowed.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"text\":\"deep\"", tooDeep.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("deep at most", tooDeep.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Tool_IsNotThere_WhenItIsSwitchedOff(bool builtIn, bool enabled)
    {
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Gateway = new GatewayConfig { BuiltInTools = builtIn, Batch = new BatchConfig { Enabled = enabled } } });

        Assert.DoesNotContain(gateway.Catalog.Root.Content.Tools, t => t.Name == "hub_batch");
    }

    [Fact]
    public async Task EveryItem_HasExactlyOneOutcome_WhateverTheServerDoes()
    {
        var random = new Random(7);
        await using var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, setUp: f => f.OnTool("echo", x =>
        {
            int choice;
            lock (random)
            {
                choice = random.Next(6);
            }

            switch (choice)
            {
                case 0:
                    x.Abort();
                    return Task.CompletedTask;
                case 1:
                    return x.ErrorAsync(-32000, "no");
                case 2:
                    return x.HangAsync();
                default:
                    return x.TextAsync("yes");
            }
        }));
        await using var gateway = await GatewayHost.StartAsync(server.Config("srv"));

        var batches = await Task.WhenAll(BatchClient.All.Select(async which =>
        {
            await using var client = await BatchClient.ConnectAsync(gateway, which.Data);
            return await client.RunAsync(
                Enumerable.Range(0, 60).Select(i => BatchClient.Item($"{i}", i % 7 == 0 ? "nothing" : "srv_echo", $$"""{"n":{{i}}}""", i % 3 == 0 && i > 0 ? $"\"depends_on\":[\"{i - 1}\"]" : "")),
                "\"timeout_ms\":2000");
        }));

        foreach (var batch in batches)
        {
            var indexes = new[] { "results", "errors" }.SelectMany(list => batch.GetProperty(list).EnumerateArray().Select(i => i.GetProperty("index").GetInt32())).ToArray();
            Assert.Equal(Enumerable.Range(0, 60), indexes.Order());
            Assert.Equal(60, batch.GetProperty("total").GetInt32());
        }

        await gateway.StillServesAsync();
    }

    private static string? Text(JsonElement item) => item.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString();

    private static string Sorted(JsonElement items) => $"[{string.Join(',', items.EnumerateArray().Select(i => i.GetRawText()).Order())}]";

    private static Revision Parse(string revision) => Protocol.Revisions.TryParse(revision, out var parsed) ? parsed : throw new ArgumentException(revision);

    private static Task<GatewayHost> StartBulkAsync(FakeUpstream server, GatewayConfig gateway, TimeProvider? time = null, int maxItems = 100)
    {
        var bulk = new ToolConfig { Bulk = MicroBatchTests.Bulk.Bulk! with { MaxItems = maxItems } };
        return GatewayHost.StartAsync(
            new HubConfig { Upstreams = [server.Config("srv") with { Tools = new Dictionary<string, ToolConfig> { ["item"] = bulk } }], Gateway = gateway }, time);
    }

    private static Task<GatewayHost> StartAsync(FakeUpstream server, GatewayConfig gateway) =>
        GatewayHost.StartAsync(new HubConfig { Upstreams = [server.Config("srv")], Gateway = gateway });
}
