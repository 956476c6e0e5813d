using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>A server that is killed again and again while it is used.</summary>
[Collection(AloneCollection.Name)]
public sealed class KilledServerTests
{
    private const int Callers = 6;

    private static readonly TimeSpan KillPeriod = TimeSpan.FromMilliseconds(200);

    /// <summary>A longer run by <c>MCPHUB_TEST_KILL_SECONDS</c>.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("MCPHUB_TEST_KILL_SECONDS") ?? "10", CultureInfo.InvariantCulture));

    private static Revision[] BothEras => [Revision.V20251125, Revision.V20260728];

    [Fact]
    public async Task Calls_AreAllAnswered_AndNoneRunsTwice()
    {
        var folder = Directory.CreateTempSubdirectory("mcphub-killed-");
        await using var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Upstreams = [StdioUpstreams.Config("s", "legacy", runs: folder.FullName)],
            Gateway = new GatewayConfig { BuiltInTools = false, Timeouts = new TimeoutsConfig { Call = TimeSpan.FromSeconds(20) } },
        });

        // What the first calls build is there for good.
        await RunAsync(gateway, folder, Length / 5, "warm");
        var before = Measure();

        var answers = await RunAsync(gateway, folder, Length, "hot");

        var after = Measure();
        var runs = folder.GetFiles("*.runs").SelectMany(f => File.ReadAllLines(f.FullName)).ToLookup(tag => tag);
        Assert.All(answers, a => Assert.True(runs[a.Key].Count() <= (a.Key.StartsWith("count-", StringComparison.Ordinal) ? 1 : 2), $"{a.Key} has run {runs[a.Key].Count()} times."));
        Assert.All(answers.Where(a => a.Value), a => Assert.NotEmpty(runs[a.Key]));
        Assert.True(answers.Values.Count(good => good) > 50, $"{answers.Values.Count(good => good)} of {answers.Count} calls were good.");
        Assert.Empty(gateway.Log.Faults);
        await Patience.UntilAsync(() => Measure().Handles < before.Handles + 20, $"the handles are as many as before: {before.Handles} became {after.Handles}");
        Assert.True(after.Memory < before.Memory + (8 << 20), $"{before.Memory} bytes became {after.Memory}.");
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("count", 1)]
    [InlineData("count_read", 2)]
    [InlineData("count_idempotent", 2)]
    public async Task Call_ThatWasLost_IsMadeOnceMore_IfTheToolAllowsIt(string tool, int expected)
    {
        var pairs = from server in BothEras from client in BothEras from capabilities in (string[])["{}", InputPair.Everything] select (server, client, capabilities);
        foreach (var (serverRevision, clientRevision, capabilities) in pairs)
        {
            var runs = 0;
            var hints = tool switch { "count_read" => "\"readOnlyHint\":true", "count_idempotent" => "\"idempotentHint\":true", _ => "" };
            await using var server = await FakeUpstream.StartAsync(
                serverRevision, new FakeOffer { Tools = ["{\"name\":\"" + tool + "\",\"inputSchema\":{\"type\":\"object\"},\"annotations\":{" + hints + "}}"] });
            server.OnTool(tool, x =>
            {
                runs++;
                x.Abort();
                return Task.CompletedTask;
            });
            await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
            var client = await McpClient.ConnectAsync(gateway, clientRevision, capabilities: capabilities);
            client.Capabilities = capabilities;

            var answer = await client.CallAsync("s_" + tool);

            Assert.Contains("may have run", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal(expected, runs);
        }
    }

    private static (long Memory, int Handles) Measure()
    {
        using var self = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), self.HandleCount);
    }

    /// <summary>Calls, and kills, until the time is over.</summary>
    /// <returns>Each call's tag, and whether it had a result.</returns>
    private static async Task<ConcurrentDictionary<string, bool>> RunAsync(GatewayHost gateway, DirectoryInfo folder, TimeSpan length, string name)
    {
        var answers = new ConcurrentDictionary<string, bool>();
        using var over = new CancellationTokenSource(length);
        var killing = KillAsync(folder, over.Token);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(CallAsync));
        await killing;
        return answers;

        async Task CallAsync(int caller)
        {
            var isModern = caller % 2 == 0;
            var capabilities = caller < 2 ? InputPair.Everything : "{}";
            var client = await McpClient.ConnectAsync(gateway, isModern ? Revision.V20260728 : Revision.V20251125, capabilities: capabilities);
            client.Capabilities = capabilities;
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var tool = (i % 3) switch { 0 => "count", 1 => "count_read", _ => "count_idempotent" };
                var tag = $"{tool}-{name}-{caller}-{i}";
                var answer = await client.CallAsync("s_" + tool, "{\"tag\":\"" + tag + "\"}").WithinLimitAsync($"the answer to {tag}");
                Assert.Equal(200, answer.Status);
                answers[tag] = answer.Code == 0;

                // A server that is down answers at once, and isn't asked as fast as it can.
                await Task.Delay(answer.Code == 0 ? 0 : 10);
            }

            if (!isModern)
            {
                await client.DeleteAsync();
            }
        }
    }

    private static async Task KillAsync(DirectoryInfo folder, CancellationToken over)
    {
        using var timer = new PeriodicTimer(KillPeriod);
        var killed = new HashSet<string>();
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                // Those that have run something, so that there is something to lose.
                foreach (var file in folder.GetFiles("*.runs").Where(f => killed.Add(f.Name)))
                {
                    Kill(int.Parse(Path.GetFileNameWithoutExtension(file.Name), CultureInfo.InvariantCulture));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (process.ProcessName.StartsWith("McpHub.Stdio", StringComparison.Ordinal))
            {
                process.Kill();
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
