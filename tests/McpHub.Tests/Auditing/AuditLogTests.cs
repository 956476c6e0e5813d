using System.Text;
using System.Text.Json;
using McpHub.Auditing;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpHub.Tests.Auditing;

/// <summary>The audit when the disk is slow, full, or gone.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<McpMetrics>().BuildServiceProvider();
    private readonly AuditFolder _folder = new();
    private readonly FullDisk _disk = new();

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(AuditMode.Relaxed)]
    [InlineData(AuditMode.Durable)]
    public async Task Lines_AreAllThere_WhateverTheMode(AuditMode mode)
    {
        await using (var log = await StartAsync(new AuditConfig { Mode = mode }))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    Assert.Null((await RequestAsync(log, $"caller {worker}")).Failure);
                }
            })));
        }

        Assert.Empty(_folder.Verify());
        var callers = Records("request").Select(r => r.GetProperty("caller").GetString()).ToArray();
        Assert.Equal(8 * 200, callers.Length);
        Assert.All(callers.GroupBy(c => c), g => Assert.Equal(200, g.Count()));
        Assert.Single(Records("started"));
        Assert.Single(Records("stopped"));
    }

    [Fact]
    public async Task Requests_AreRefused_WhenTheQueueIsFull()
    {
        await using (var log = await StartAsync(new AuditConfig { Queue = 10, WhenFull = AuditOverflow.Refuse }))
        {
            await UntilWrittenAsync(log);
            _disk.BytesLeft = 0;
            var answers = new List<McpResult>();
            while (answers.Count(a => a.Failure is not null) < 5)
            {
                answers.Add(await RequestAsync(log));
            }

            Assert.All(answers.Where(a => a.Failure is not null), a => Assert.Equal(FailureKind.AuditUnavailable, a.Failure!.Kind));
            Assert.InRange(answers.Count(a => a.Failure is null), 1, 10);

            _disk.BytesLeft = long.MaxValue;
            await Patience.UntilAsync(() => log.Queue.Taken == 0, "the queue is written");
            Assert.Null((await RequestAsync(log)).Failure);
            log.SignIn(new AuditSignIn("", "jwt", "The token of bob@example.com has expired."));
        }

        Assert.Empty(_folder.Verify());
        Assert.Contains("5 requests were refused", Records("refused").Single().GetProperty("what").GetString(), StringComparison.Ordinal);
        var signIn = Records("sign_in").Single();
        Assert.Equal(("denied", "The token of *** has expired."), (signIn.GetProperty("outcome").GetString(), signIn.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task RefusedSignIns_TakeNoRoomOfRequestsAndGoodSignIns_AndAreCountedBeyondTheirOwn()
    {
        await using (var log = await StartAsync(new AuditConfig { Queue = 2, WhenFull = AuditOverflow.Refuse }))
        {
            await UntilWrittenAsync(log);
            _disk.BytesLeft = 0;
            for (var i = 0; i < AuditQueue.MostSignIns + 7; i++)
            {
                log.SignIn(new AuditSignIn("", "api_key", "api_key"));
            }

            Assert.Null((await RequestAsync(log)).Failure);
            log.SignIn(new AuditSignIn("ann", "jwt", ""));
            _disk.BytesLeft = long.MaxValue;
            await Patience.UntilAsync(() => log.Queue.Taken == 0, "the lines, and the number of the rest, are written");
            log.SignIn(new AuditSignIn("", "api_key", "api_key"));
        }

        Assert.Empty(_folder.Verify());
        Assert.Equal(AuditQueue.MostSignIns + 2, Records("sign_in").Count);
        Assert.Single(Records("sign_in"), r => r.GetProperty("outcome").GetString() == "ok");
        Assert.Contains("7 sign-ins have no lines", Records("sign_ins").Single().GetProperty("what").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_WaitForRoom_WhenThatIsConfigured()
    {
        await using (var log = await StartAsync(new AuditConfig { Queue = 3, WhenFull = AuditOverflow.Wait }))
        {
            await UntilWrittenAsync(log);
            _disk.BytesLeft = 0;
            var requests = Enumerable.Range(0, 20).Select(_ => RequestAsync(log)).ToArray();
            await Patience.UntilAsync(() => log.Queue.Taken >= 3, "the queue is full");
            Assert.Contains(requests, r => !r.IsCompleted);
            using var context = Context("gone");
            var cancelled = log.InvokeAsync(context, McpResult.Empty);
            context.Cancel();
            Assert.Equal(FailureKind.Cancelled, (await cancelled).Failure?.Kind);

            _disk.BytesLeft = long.MaxValue;

            Assert.All(await Task.WhenAll(requests).WithinLimitAsync("the requests that wait"), r => Assert.Null(r.Failure));
        }

        Assert.Empty(_folder.Verify());
        Assert.Equal(20, Records("request").Count);
    }

    [Fact]
    public async Task DurableRequest_IsNotRun_WhileNothingCanBeWritten()
    {
        var time = new FakeTimeProvider();
        await using (var log = await StartAsync(new AuditConfig { Mode = AuditMode.Durable, WhenFull = AuditOverflow.Refuse }, time))
        {
            Assert.Null((await RequestAsync(log)).Failure);
            _disk.BytesLeft = 0;
            var withheld = RequestAsync(log);
            await Patience.UntilAsync(() => log.IsFailing, "the write fails");
            while (!withheld.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            Assert.Contains("has run", (await withheld).Failure!.Message, StringComparison.Ordinal);
            Assert.Contains("not run", (await RequestAsync(log)).Failure!.Message, StringComparison.Ordinal);

            _disk.BytesLeft = long.MaxValue;
            while (log.Queue.Taken > 0)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            Assert.Null((await RequestAsync(log)).Failure);
        }

        Assert.Empty(_folder.Verify());
        Assert.Equal(3, Records("request").Count);
    }

    [Fact]
    public async Task Start_Fails_WhenAPatternIsNoRegularExpression() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => StartAsync(new AuditConfig { RedactPatterns = ["("] }));

    [Fact]
    public async Task Configuration_IsNotTaken_WhenAPatternIsNoRegularExpression()
    {
        await using (var log = await StartAsync(new AuditConfig()))
        {
            Assert.ThrowsAny<ArgumentException>(() => log.Apply(Config(new AuditConfig { RedactPatterns = ["("] })));
            Assert.Null((await RequestAsync(log)).Failure);
        }

        Assert.Single(Records("request"));
    }

    [Fact]
    public async Task Lines_AreAllWritten_WhenTheHostHasNoTimeLeftToStop()
    {
        // The clock stands still, so that the writer waits for more lines until it is told to stop.
        var time = new FakeTimeProvider();
        var log = await StartAsync(new AuditConfig(), time);
        log.Administered("last", "words");
        await Patience.UntilAsync(() => time.TimerCount == 1, "the writer waits for more lines");
        var ready = new TaskCompletionSource();
        _disk.Ready = ready.Task;

        await log.StopAsync(new CancellationToken(canceled: true)).WithinLimitAsync("a stop that has no time");
        var disposing = log.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        ready.SetResult();
        await disposing;

        Assert.Empty(_folder.Verify());
        Assert.Single(Records("last"));
        Assert.Single(Records("stopped"));
    }

    [Fact]
    public async Task Request_AllocatesNothing_WhenItIsRecorded()
    {
        await using var log = await StartAsync(new AuditConfig { Queue = 1_000_000 });
        using var context = Context("ann");
        for (var i = 0; i < 10; i++)
        {
            // Both buffers have to be as large as they get.
            Run(2_000);
            await Patience.UntilAsync(() => log.Queue.Taken == 0, "all are written");
        }

        var allocated = Allocations.Of(() => Run(1_000));

        // A batch that somebody waits for has an object or two; a request has none.
        Assert.InRange(allocated, 0, 2_000);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                log.Queue.Take();
                log.Write(context, McpResult.Empty);
            }
        }
    }

    [Fact]
    public async Task Reload_IsRecordedWithWhatItChanges()
    {
        await using (var log = await StartAsync(new AuditConfig()))
        {
            log.Apply(Config(new AuditConfig()));
            log.Apply(Config(new AuditConfig()));
            log.Apply(Config(new AuditConfig()) with { Upstreams = [new UpstreamConfig { Name = "files", Transport = new StdioTransportConfig { Command = "x" } }] });
        }

        Assert.Equal("+ files", Records("configuration").Single().GetProperty("what").GetString());
    }

    private static McpContext Context(string caller) => new()
    {
        Caller = new Caller { Key = caller },
        Revision = Revisions.Latest,
        NetworkTransport = "tcp",
        Started = System.Diagnostics.Stopwatch.GetTimestamp(),
        Envelope = new Envelope { Kind = EnvelopeKind.Request, Method = McpMethod.ListTools },
    };

    private static async Task<McpResult> RequestAsync(AuditLog log, string caller = "ann")
    {
        using var context = Context(caller);
        return await log.InvokeAsync(context, McpResult.Empty);
    }

    /// <summary>Waits until the line of the start is written: the disk is to be full for those that come later.</summary>
    private static Task UntilWrittenAsync(AuditLog log) => Patience.UntilAsync(() => log.Queue.Taken == 0, "what came before is written");

    private async Task<AuditLog> StartAsync(AuditConfig audit, TimeProvider? time = null)
    {
        var log = new AuditLog(Config(audit), _services.GetRequiredService<McpMetrics>(), time ?? TimeProvider.System, NullLogger<AuditLog>.Instance, _disk.Open);
        log.Apply(Config(audit));
        await log.StartAsync(CancellationToken.None);
        return log;
    }

    private HubConfig Config(AuditConfig audit) => new() { Gateway = new GatewayConfig { Audit = audit with { Enabled = true, Path = _folder.Path } } };

    private List<JsonElement> Records(string name) =>
        [.. _folder.Lines().Select(line => JsonElement.Parse(Encoding.UTF8.GetBytes(line))).Where(r => r.GetProperty("event").GetString() == name)];
}
