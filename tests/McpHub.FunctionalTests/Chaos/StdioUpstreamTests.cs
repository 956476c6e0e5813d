using System.Text.Json;
using McpHub.Configuration;
using McpHub.Testing;
using McpHub.Upstreams;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>Child processes that misbehave.</summary>
public sealed class StdioUpstreamTests : IDisposable
{
    private const int Lost = -31011;

    private readonly string _record = Path.GetTempFileName();

    public void Dispose() => StdioUpstreams.DeleteRecord(_record);

    [Fact]
    public async Task Call_TimesOutAndIsCancelled_WhenTheServerHangs()
    {
        await using var pair = await StartAsync("legacy", c => c with
        {
            Tools = new Dictionary<string, ToolConfig> { ["hang"] = new() { Timeout = TimeSpan.FromMilliseconds(200) } },
        });

        var answer = await pair.Client.CallAsync("bad_hang");

        Assert.Equal(-31014, answer.Code);
        await Patience.UntilAsync(() => Received("notifications/cancelled").Length == 1, "the server is told");
        Assert.Equal(
            Received("tools/call")[0].GetProperty("id").GetRawText(),
            Received("notifications/cancelled")[0].GetProperty("params").GetProperty("requestId").GetRawText());
        Assert.Equal("{}", (await pair.Client.CallAsync("bad_echo")).Text);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task Call_IsLostAndTheServerStartedAgain_WhenItCrashesMidAnswer()
    {
        await using var pair = await StartAsync("legacy");

        // The process that crashes is the one that hangs, not the next.
        var hanging = pair.Client.CallAsync("bad_hang");
        await Patience.UntilAsync(() => Received("tools/call").Length == 1, "the server has the call that hangs");
        var crashed = await pair.Client.CallAsync("bad_crash");

        Assert.Equal(Lost, (await hanging).Code);
        Assert.Equal(Lost, crashed.Code);
        Assert.Contains("code 3", crashed.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("out of cheese", crashed.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        await pair.OthersStillServeAsync();
        await pair.UntilAnsweredAsync("bad_echo");
        Assert.Single(Received("tools/call"), m => m.GetProperty("params").GetProperty("name").GetString() == "crash");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("twice")]
    [InlineData("wrong_id")]
    [InlineData("null_error")]
    [InlineData("stderr")]
    public async Task Call_IsAnswered_WhateverComesAroundTheAnswer(string tool)
    {
        await using var pair = await StartAsync("legacy");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, (await pair.Client.CallAsync("bad_" + tool)).Code);
            Assert.Equal($"{{\"i\":{i}}}", (await pair.Client.CallAsync("bad_echo", $"{{\"i\":{i}}}")).Text);
        }

        Assert.Equal(UpstreamStatus.Ready, pair.Gateway.Upstream("bad").State.Status);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task Call_IsNotMcp_WhenTheResultIsNoObject()
    {
        await using var pair = await StartAsync("legacy");

        Assert.Equal(-31012, (await pair.Client.CallAsync("bad_bad_result")).Code);
        Assert.Equal(0, (await pair.Client.CallAsync("bad_echo")).Code);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task Line_EndsTheServer_WhenItIsTooLong()
    {
        await using var pair = await StartAsync("legacy", settings: new GatewayConfig { Sizes = new SizesConfig { Response = 8 * 1024 * 1024 } });

        var answer = await pair.Client.CallAsync("bad_huge", """{"bytes":50000000}""");

        Assert.Equal(Lost, answer.Code);
        Assert.Contains("more than 8388608 bytes", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        await pair.OthersStillServeAsync();
        await pair.UntilAnsweredAsync("bad_echo");
        Assert.Equal(5_000_000, (await pair.Client.CallAsync("bad_huge", """{"bytes":4980736}""")).Text!.Length, 100_000.0);
    }

    [Fact]
    public async Task Call_IsLostAndTheServerStartedAgain_WhenItClosesItsOutput()
    {
        await using var pair = await StartAsync("legacy");

        Assert.Equal(Lost, (await pair.Client.CallAsync("bad_close_output")).Code);
        await pair.OthersStillServeAsync();
        await pair.UntilAnsweredAsync("bad_echo");
    }

    [Fact]
    public async Task Flood_OfNotifications_DoesNotDrownTheAnswer()
    {
        await using var pair = await StartAsync("legacy");

        Assert.Equal(0, (await pair.Client.CallAsync("bad_flood", """{"count":100000}""", "\"io.modelcontextprotocol/logLevel\":\"debug\"")).Code);
        Assert.Equal("{}", (await pair.Client.CallAsync("bad_echo")).Text);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task Request_OfTheServers_IsRefusedClearly_AndTheCallGoesOn()
    {
        await using var pair = await StartAsync("legacy");

        Assert.Equal("""{"a":1}""", (await pair.Client.CallAsync("bad_ask", """{"a":1}""")).Text);

        var answers = StdioUpstreams.ReadRecord(_record).Where(l => l.StartsWith("answer ", StringComparison.Ordinal)).Select(l => JsonElement.Parse(l[7..])).ToArray();
        Assert.Equal(-32601, answers.Single(a => a.GetProperty("id").GetRawText() == "\"s-1\"").GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("{}", answers.Single(a => a.GetProperty("id").GetRawText() == "77").GetProperty("result").GetRawText());
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task Body_StaysOneLine_HoweverTheClientWroteIt(string mode)
    {
        await using var pair = await StartAsync(mode);
        const string Pretty = "{\r\n  \"text\" : \"a\\nb\",\n\t\"n\":\r 1.0 }";

        foreach (var client in new[] { pair.Client, await McpClient.ConnectAsync(pair.Gateway, Protocol.Revision.V20250618) })
        {
            var answer = await client.CallAsync("bad_echo", Pretty, "\"vendor.example/key\" :\r\n [ 1,\n2 ]");
            Assert.Equal("a\nb", JsonElement.Parse(answer.Text!).GetProperty("text").GetString());
        }

        Assert.All(Received("tools/call"), m =>
        {
            Assert.Equal("1.0", m.GetProperty("params").GetProperty("arguments").GetProperty("n").GetRawText());
            Assert.Equal(2, m.GetProperty("params").GetProperty("_meta").GetProperty("vendor.example/key")[1].GetInt32());
        });
        Assert.Equal(2, Received("tools/call").Length);
    }

    [Fact]
    public async Task Calls_KeepTheirAnswers_WhenManyAreInFlight()
    {
        await using var pair = await StartAsync("legacy");

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => pair.Client.CallAsync("bad_echo", $"{{\"i\":{i}}}")));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{{\"i\":{i}}}"), answers.Select(a => a.Text));
        Assert.Equal(300, Received("tools/call").Select(m => m.GetProperty("id").GetRawText()).Distinct().Count());
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("ignore-eof")]
    public async Task Process_IsGone_WhenTheGatewayHasStopped(string mode)
    {
        int[] processes;
        await using (var pair = await StartAsync(mode))
        {
            processes = ProcessesOf("McpHub.StdioUpstream", _record);
            Assert.Single(processes);
        }

        Assert.All(processes, id => Assert.False(IsRunning(id)));
    }

    [Fact]
    public async Task Grandchildren_AreGone_WhenTheGatewayHasStopped()
    {
        int grandchild;
        await using (var pair = await StartAsync("grandchild"))
        {
            Assert.Equal("{}", (await pair.Client.CallAsync("bad_echo")).Text);
            grandchild = int.Parse(
                StdioUpstreams.ReadRecord(_record).Single(l => l.StartsWith("grandchild ", StringComparison.Ordinal))[11..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(IsRunning(grandchild));
        }

        // Somebody else reaps it: it is a zombie for a moment.
        await Patience.UntilAsync(() => !IsRunning(grandchild), "the grandchild is gone");
    }

    private async Task<ChaosPair> StartAsync(string mode, Func<UpstreamConfig, UpstreamConfig>? configure = null, GatewayConfig? settings = null)
    {
        var config = StdioUpstreams.Config("bad", mode, _record);
        return await ChaosPair.StartAsync(configure?.Invoke(config) ?? config, settings);
    }

    private JsonElement[] Received(string method) =>
    [
        .. StdioUpstreams.ReadRecord(_record).Where(l => l.StartsWith('{') && l.EndsWith('}')).Select(l => JsonElement.Parse(l))
            .Where(m => m.TryGetProperty("method", out var name) && name.GetString() == method),
    ];

    private static int[] ProcessesOf(string program, string argument) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _))
            .Where(n => CommandLine(n!) is var line && line.Contains(program, StringComparison.Ordinal) && line.Contains(argument, StringComparison.Ordinal))
            .Select(n => int.Parse(n!, System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
