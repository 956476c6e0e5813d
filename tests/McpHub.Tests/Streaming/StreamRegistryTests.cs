using System.Text;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Streaming;
using McpHub.Testing;

namespace McpHub.Tests.Streaming;

public sealed class StreamRegistryTests : IDisposable
{
    private static readonly StreamsConfig Config = new()
    {
        MaxActive = 4,
        MaxPerCaller = 3,
        Queue = 1,
        HighWatermark = 1024,
        LowWatermark = 512,
        MaxBytes = 4096,
        MaxTotalBytes = 8192,
        IdleTimeout = TimeSpan.FromMinutes(5),
        TotalTimeout = TimeSpan.FromHours(1),
        Retention = TimeSpan.FromMinutes(10),
    };

    private readonly StreamRig _rig = new(Config);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Stream_GivesItsPartsAndThenItsResult()
    {
        var stream = await _rig.StartAsync(async (parts, token) =>
        {
            await parts.SendAsync(StreamRig.Progress(1, "one"), token);
            await parts.SendAsync(StreamRig.Progress(2, "two"), token);
            return StreamRig.Result("done");
        });

        var (read, last) = await _rig.ReadAllAsync(stream);

        Assert.Equal(["""{"progress":1,"text":"one"}""", """{"progress":2,"text":"two"}"""], read);
        Assert.Equal((StreamStatus.Completed, true, 2L), (last.Status, last.Outcome!.Value.IsResult, last.Next));
        Assert.Contains("done", Encoding.UTF8.GetString(last.Outcome.Value.Json.Span), StringComparison.Ordinal);
        Assert.Equal(32, stream.Id.Length);
    }

    [Fact]
    public async Task SlowReader_PausesTheTool_AndEveryByteComesOutOnce()
    {
        const int Parts = 200;
        var given = 0;
        var stream = await _rig.StartAsync(async (parts, token) =>
        {
            for (var i = 0; i < Parts; i++)
            {
                await parts.SendAsync(StreamRig.Progress(i + 1, new string('x', 50)), token);
                Volatile.Write(ref given, i + 1);
            }

            return StreamRig.Result("done");
        });
        await Patience.UntilAsync(() => stream.Buffer.IsPaused, "the tool is paused");
        Assert.InRange(given, 1, 12);
        Assert.InRange(stream.Buffer.Held, 1, Config.HighWatermark);

        var offset = 0L;
        var bytes = 0L;
        StreamPage page;
        do
        {
            page = await _rig.NextAsync(stream, offset, mostBytes: 300);
            Assert.Equal(offset, page.Offset);
            Assert.InRange(stream.Buffer.Held, 0, Config.HighWatermark);
            bytes += page.Parts.Sum(p => p.Length);
            offset = page.Next;
        }
        while (!page.IsLast);

        Assert.Equal(Parts, offset);
        Assert.Equal((bytes, bytes), (_rig.Measured("bytes/in"), _rig.Measured("bytes/out")));

        // Once for certain; after that, a reader that keeps up with the tool lets it go on.
        Assert.InRange(_rig.Measured("paused"), 1, Parts);
    }

    [Fact]
    public async Task Reader_ResumesFromWhereItWas_AndWhatItAcknowledgedIsForgotten()
    {
        var stream = await FilledAsync(6);

        Assert.Equal(2, (await _rig.ReadAsync(stream, 0, mostBytes: 60)).Next);
        Assert.Equal(2, (await _rig.ReadAsync(stream, 0, mostBytes: 60)).Next);
        Assert.Equal(6, (await _rig.ReadAsync(stream, 2)).Next);
        Assert.Equal((2L, 6L), ((await _rig.ReadAsync(stream)).Offset, (await _rig.ReadAsync(stream)).Next));

        var forgotten = await Assert.ThrowsAsync<StreamOffsetException>(() => _rig.ReadAsync(stream, 1));
        Assert.Contains("Read from 2.", forgotten.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StreamOffsetException>(() => _rig.ReadAsync(stream, 7));
    }

    [Fact]
    public async Task Stream_IsThereForItsCallerOnly()
    {
        var stream = await FilledAsync(1);

        Assert.Same(stream, _rig.Streams.Find(stream.Id, StreamRig.Caller));
        Assert.Null(_rig.Streams.Find(stream.Id, "another"));
        Assert.Null(_rig.Streams.Find("", StreamRig.Caller));
    }

    [Fact]
    public async Task EndedStream_IsForgotten_WhenNobodyHasReadItForTheRetention()
    {
        var stream = await FilledAsync(3);
        _rig.Time.Advance(Config.Retention - TimeSpan.FromMinutes(1));
        await _rig.ReadAsync(stream);
        _rig.Time.Advance(Config.Retention - TimeSpan.FromMinutes(1));
        Assert.NotNull(_rig.Streams.Find(stream.Id, StreamRig.Caller));

        _rig.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(_rig.Streams.Find(stream.Id, StreamRig.Caller));
        Assert.Equal((0L, 0L), (_rig.Streams.Budget.Held, _rig.Streams.Budget.Taken));
    }

    [Fact]
    public async Task Tool_IsCancelled_WhenItsReaderHasGone()
    {
        var stream = await _rig.StartAsync(StreamRig.HangAsync);

        _rig.Time.Advance(Config.IdleTimeout + TimeSpan.FromSeconds(2));

        await UntilEmptyAsync();
        var page = await _rig.ReadAsync(stream, 0);
        Assert.Equal((StreamStatus.Cancelled, true), (page.Status, page.IsLast));
        Assert.Contains("Nobody has read", Text(page), StringComparison.Ordinal);
        Assert.Equal((1L, 0L), (_rig.Measured("cancelled"), _rig.Gauge("active")));
    }

    [Fact]
    public async Task PausedTool_IsCancelled_WhenItsReaderHasGone()
    {
        var stream = await _rig.StartAsync(async (parts, token) =>
        {
            for (var i = 1; ; i++)
            {
                await parts.SendAsync(StreamRig.Progress(i, "x"), token);
            }
        });
        await Patience.UntilAsync(() => stream.Buffer.IsPaused, "the tool is paused");

        _rig.Time.Advance(Config.IdleTimeout + TimeSpan.FromSeconds(2));

        await UntilEmptyAsync();
        Assert.Equal((0L, 0L, StreamStatus.Cancelled), (_rig.Streams.Budget.Held, _rig.Streams.Budget.Taken, stream.Status));
    }

    [Fact]
    public async Task Stream_Fails_WhenItsToolGivesNothing()
    {
        var stream = await _rig.StartAsync(StreamRig.HangAsync);
        var reading = _rig.NextAsync(stream, 0);

        _rig.Time.Advance(Config.IdleTimeout + TimeSpan.FromSeconds(2));

        var page = await reading;
        Assert.Equal(StreamStatus.Failed, page.Status);
        Assert.Contains("has given nothing", Text(page), StringComparison.Ordinal);
        await UntilEmptyAsync();
    }

    [Fact]
    public async Task Stream_Fails_WhenItTakesTooLongInAll()
    {
        using var more = new SemaphoreSlim(0);
        var stream = await _rig.StartAsync(async (parts, token) =>
        {
            for (var i = 1; ; i++)
            {
                await more.WaitAsync(token);
                await parts.SendAsync(StreamRig.Progress(i, "x"), token);
            }
        });
        var offset = 0L;
        for (var passed = TimeSpan.Zero; passed <= Config.TotalTimeout && stream.Status == StreamStatus.Running; passed += TimeSpan.FromMinutes(4))
        {
            more.Release();
            offset = (await _rig.NextAsync(stream, offset)).Next;
            _rig.Time.Advance(TimeSpan.FromMinutes(4));
        }

        var page = await _rig.NextAsync(stream, offset);
        Assert.Contains("took longer than", Text(page), StringComparison.Ordinal);
        Assert.InRange(offset, 14, 16);
        await UntilEmptyAsync();
    }

    [Fact]
    public async Task ToolThatCannotWait_FailsItsStreamBeyondTheLimit_AndWhatItGaveCanBeRead()
    {
        var taken = 0;
        var stream = await _rig.StartAsync(async (parts, token) =>
        {
            while (parts.TrySend(StreamRig.Progress(taken + 1, new string('x', 100))))
            {
                taken++;
            }

            return await StreamRig.HangAsync(parts, token);
        });

        // A reader in between would make room, and the warning due again.
        await Patience.UntilAsync(() => stream.Status != StreamStatus.Running, "the limit");
        var (read, last) = await _rig.ReadAllAsync(stream);

        Assert.Equal(taken, read.Count);
        Assert.Equal(StreamStatus.Failed, last.Status);
        Assert.Contains("gateway.streams.maxBytes", Text(last), StringComparison.Ordinal);
        Assert.Contains(_rig.Log.Lines, l => l.Contains("[240]", StringComparison.Ordinal));
        Assert.Equal(1, _rig.Measured("warnings/stream"));
        await UntilEmptyAsync();
    }

    [Fact]
    public async Task AllStreams_FailWithAClearError_BeyondWhatTheyMayHoldTogether()
    {
        var streams = new List<HubStream>();
        for (var i = 0; i < 3; i++)
        {
            // Each alone may hold that much.
            streams.Add(await _rig.StartAsync(
                async (parts, token) =>
                {
                    for (var n = 1; n <= 20 && parts.TrySend(StreamRig.Progress(n, new string('x', 100))); n++)
                    {
                    }

                    return await StreamRig.HangAsync(parts, token);
                },
                "caller" + i));
        }

        await Patience.UntilAsync(() => streams.Any(s => s.Status == StreamStatus.Failed), "one of them fails");
        Assert.InRange(_rig.Streams.Budget.Held, 1, Config.MaxTotalBytes);
        Assert.InRange(_rig.Streams.Budget.Taken, 1, Config.MaxTotalBytes);
        var failed = streams.First(s => s.Status == StreamStatus.Failed);
        failed.Look(out var outcome);
        Assert.Contains("gateway.streams.maxTotalBytes", Encoding.UTF8.GetString(outcome.Json.Span), StringComparison.Ordinal);
        await Patience.UntilAsync(() => _rig.Measured("warnings/all") == 1, "the warning");
    }

    [Fact]
    public async Task DyingTool_LeavesWhatItGaveAndAnError()
    {
        var stream = await _rig.StartAsync(async (parts, token) =>
        {
            await parts.SendAsync(StreamRig.Progress(1, "one"), token);
            throw new InvalidOperationException("secret");
        });

        var (read, last) = await _rig.ReadAllAsync(stream);

        Assert.Single(read);
        Assert.Equal(StreamStatus.Failed, last.Status);
        Assert.DoesNotContain("secret", Text(last), StringComparison.Ordinal);
        Assert.Contains(_rig.Log.Faults, l => l.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(1, _rig.Measured("failed"));
    }

    [Fact]
    public async Task Caller_HasNoMoreStreamsThanItMay_AndTheOnesReadToTheirEndMakeRoom()
    {
        var first = await FilledAsync(1);
        await FilledAsync(1);
        await FilledAsync(1);

        var refused = await _rig.TryStartAsync(StreamRig.HangAsync);
        Assert.Contains("gateway.streams.maxPerCaller", refused.Refusal, StringComparison.Ordinal);
        Assert.NotNull((await _rig.TryStartAsync(StreamRig.HangAsync, "another")).Stream);

        await _rig.ReadAllAsync(first);
        Assert.NotNull((await _rig.TryStartAsync(StreamRig.HangAsync)).Stream);
        Assert.Null(_rig.Streams.Find(first.Id, StreamRig.Caller));
    }

    [Fact]
    public async Task RunningStreams_AreWarnedOf_ByWhatTheyHaveTaken()
    {
        _rig.Streams.Budget.Limit = 4 * Config.HighWatermark;
        for (var i = 0; i < Config.MaxActive; i++)
        {
            Assert.Equal(0, _rig.Measured("warnings/all"));
            await _rig.StartAsync(StreamRig.HangAsync, "caller" + i);
        }

        Assert.Equal((1L, 0L), (_rig.Measured("warnings/all"), _rig.Streams.Budget.Held));
        Assert.Contains(_rig.Log.Lines, l => l.Contains("[241]: All streams have taken 4096 of the 4096 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallerThatHasTooMany_MakesNobodyElseLoseAStream()
    {
        var others = await FilledAsync(1, "another");
        await _rig.ReadAllAsync(others);
        for (var i = 0; i < (2 * Config.MaxActive) - 1; i++)
        {
            await FilledAsync(1, i < Config.MaxPerCaller ? StreamRig.Caller : "caller" + i);
        }

        var refused = await _rig.TryStartAsync(StreamRig.HangAsync);

        Assert.Contains("gateway.streams.maxPerCaller", refused.Refusal, StringComparison.Ordinal);
        Assert.Same(others, _rig.Streams.Find(others.Id, "another"));
        Assert.NotNull((await _rig.TryStartAsync(StreamRig.HangAsync, "new")).Stream);
        Assert.Null(_rig.Streams.Find(others.Id, "another"));
    }

    [Fact]
    public async Task EndedStreams_OfOneCaller_HoldAQuarterOfAllBytesAtMost_AndTheOldestAreForgotten()
    {
        var first = await HoldingAsync(900);
        var second = await HoldingAsync(900);
        _rig.Time.Advance(TimeSpan.FromSeconds(2));
        await _rig.ReadAsync(first);
        var others = await HoldingAsync(900, "another");

        var third = await HoldingAsync(900);

        Assert.Null(Find(second));
        Assert.Equal((first, third, others), (Find(first), Find(third), _rig.Streams.Find(others.Id, "another")));
        Assert.InRange(first.Buffer.Held + third.Buffer.Held, 1, Config.MaxTotalBytes / 4);
        Assert.Equal(900, (await _rig.ReadAllAsync(first)).Parts.Sum(p => p.Length));
    }

    [Fact]
    public async Task EndedStream_ThatHoldsMoreThanAQuarterAlone_IsKept()
    {
        await HoldingAsync(900);
        _rig.Time.Advance(TimeSpan.FromSeconds(2));

        var large = await HoldingAsync(3000);

        Assert.Equal(1, _rig.Streams.Count);
        Assert.Equal(3000, (await _rig.ReadAllAsync(large)).Parts.Sum(p => p.Length));
    }

    [Fact]
    public async Task Start_WaitsForAPlace_AndGetsItWhenAnotherEnds()
    {
        var first = await _rig.StartAsync(StreamRig.HangAsync, "caller");
        for (var i = 1; i < Config.MaxActive; i++)
        {
            await _rig.StartAsync(StreamRig.HangAsync, "caller" + i);
        }

        var waiting = _rig.TryStartAsync(StreamRig.HangAsync, "late");
        await Patience.UntilAsync(() => _rig.Streams.Waiting == 1, "it waits");
        Assert.Contains("gateway.streams.maxActive", (await _rig.TryStartAsync(StreamRig.HangAsync, "later")).Refusal, StringComparison.Ordinal);
        _rig.Streams.Cancel(first);

        var late = (await waiting).Stream;
        Assert.Equal(StreamStatus.Running, late?.Status);
        Assert.Equal((Config.MaxActive, 0), (_rig.Streams.Running, _rig.Streams.Waiting));
    }

    [Fact]
    public async Task Cancel_EndsTheTool_AndForgetsWhatWasNotRead()
    {
        var stream = await _rig.StartAsync(async (parts, token) =>
        {
            await parts.SendAsync(StreamRig.Progress(1, "one"), token);
            return await StreamRig.HangAsync(parts, token);
        });
        await _rig.NextAsync(stream, 0);

        Assert.True(_rig.Streams.Cancel(stream));

        await UntilEmptyAsync();
        var page = await _rig.ReadAsync(stream, 0);
        Assert.Equal((StreamStatus.Cancelled, 0, true), (page.Status, page.Parts.Count, page.IsLast));
        Assert.Equal((0L, 1L), (_rig.Streams.Budget.Held, _rig.Measured("cancelled")));
        Assert.False(_rig.Streams.Cancel(stream));
        Assert.Null(_rig.Streams.Find(stream.Id, StreamRig.Caller));
    }

    [Fact]
    public async Task Stopping_EndsAllStreams_AndWaitsForTheirTools()
    {
        var stream = await _rig.StartAsync(StreamRig.HangAsync);

        await _rig.Streams.StopAsync(CancellationToken.None).WithinLimitAsync("the end");

        Assert.Equal((0, StreamStatus.Failed), (_rig.Streams.Running, stream.Status));
        Assert.Contains("stopping", (await _rig.TryStartAsync(StreamRig.HangAsync)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ThatIsLetInWhileTheGatewayStops_IsEnded()
    {
        var streams = new List<HubStream>();
        for (var i = 0; i < Config.MaxActive; i++)
        {
            streams.Add(await _rig.StartAsync(StreamRig.HangAsync, "caller" + i));
        }

        var held = new HeldContext();
        var starting = held.Run(() => _rig.Streams.StartAsync(new StreamRequest("late", "tool", 5, StreamRig.HangAsync), CancellationToken.None).AsTask());
        _rig.Streams.Cancel(streams[0]);
        await Patience.UntilAsync(() => _rig.Streams.Waiting == 0 && _rig.Streams.Running == Config.MaxActive && held.Count > 0, "it is let in");
        var stopping = _rig.Streams.StopAsync(CancellationToken.None);
        held.Release();

        var late = (await starting.WithinLimitAsync("the start")).Stream!;
        await stopping.WithinLimitAsync("the end");
        Assert.Equal((StreamStatus.Failed, 0), (late.Status, _rig.Streams.Running));
    }

    /// <summary>A stream that has ended, with this many parts to read.</summary>
    private async Task<HubStream> FilledAsync(int parts, string caller = StreamRig.Caller)
    {
        var stream = await _rig.StartAsync(
            async (sink, token) =>
            {
                for (var i = 0; i < parts; i++)
                {
                    await sink.SendAsync(StreamRig.Progress(i + 1, "x"), token);
                }

                return StreamRig.Result("done");
            },
            caller);
        await Patience.UntilAsync(() => stream.Status == StreamStatus.Completed, "the tool has ended");
        await UntilEmptyAsync();
        return stream;
    }

    /// <summary>A stream that has ended, with one part of this many bytes.</summary>
    private async Task<HubStream> HoldingAsync(int bytes, string caller = StreamRig.Caller)
    {
        const int Around = 24;
        var stream = await _rig.StartAsync(
            async (sink, token) =>
            {
                await sink.SendAsync(StreamRig.Progress(1, new string('x', bytes - Around)), token);
                return StreamRig.Result("");
            },
            caller);
        await Patience.UntilAsync(() => stream.Status == StreamStatus.Completed, "the tool has ended");
        await UntilEmptyAsync();
        return stream;
    }

    private HubStream? Find(HubStream stream) => _rig.Streams.Find(stream.Id, StreamRig.Caller);

    private Task UntilEmptyAsync() => Patience.UntilAsync(() => _rig.Streams.Running == 0, "no tool runs");

    private static string Text(StreamPage page) => Encoding.UTF8.GetString(page.Outcome!.Value.Json.Span);
}
