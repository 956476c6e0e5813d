using System.Text;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.RateLimiting;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.Tests.RateLimiting;

/// <summary>The stage alone: callers as a test gives them, and a source that answers when it is told to.</summary>
public sealed class LimitStageTests : IDisposable
{
    private static readonly CatalogEntry Report = Tool("srv_report", "report", "slow things");
    private static readonly CatalogEntry Search = Tool("srv_search", "search", "");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<McpMetrics>().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly RateLimits _limits;
    private readonly LimitStage _stage;
    private Func<McpContext, ValueTask<McpResult>> _answer = _ => new ValueTask<McpResult>(McpResult.Empty);

    public LimitStageTests()
    {
        _limits = new RateLimits(_services.GetRequiredService<McpMetrics>(), _time);
        _stage = new LimitStage(_limits, (context, _) => _answer(context));
    }

    public void Dispose()
    {
        _limits.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Request_Passes_WhenNothingIsConfigured()
    {
        _limits.Apply(HubConfig.Default);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(Call(Search)));
        Assert.Equal(0, _time.TimerCount);
    }

    [Fact]
    public void Callers_AreCountedApart()
    {
        Apply(new LimitRuleConfig { Per = LimitScope.Caller, Kind = LimitKind.TokenBucket, Permits = 2, Every = TimeSpan.FromSeconds(10) });

        Assert.Null(Call(Search, "ann"));
        Assert.Null(Call(Report, "ann"));
        var refused = Call(Search, "ann");
        Assert.Null(Call(Search, "bob"));

        Assert.Equal((FailureKind.RateLimited, 5), (refused!.Kind, refused.RetryAfter));
        Assert.Equal("""{"retry_after":5,"limit":"caller"}""", Encoding.UTF8.GetString(refused.Data.Span));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(Call(Search, "ann"));
    }

    [Fact]
    public void Tools_AreCountedApart_WhereverTheyAreCalled()
    {
        Apply(new LimitRuleConfig { Per = LimitScope.Tool, Kind = LimitKind.SlidingWindow, Permits = 1, Every = TimeSpan.FromMinutes(1) });

        Assert.Null(Call(Search));
        Assert.Null(Call(Report));
        Assert.Equal(FailureKind.RateLimited, Call(Search with { Name = "search" }, "another")?.Kind);
        Assert.Null(Request(McpMethod.GetPrompt, Search));
    }

    [Fact]
    public void Rule_CountsOnlyWhatItIsFor()
    {
        Apply(
            new LimitRuleConfig { Name = "reports", Per = LimitScope.Global, Kind = LimitKind.SlidingWindow, Permits = 1, Tools = ["*_report"] },
            new LimitRuleConfig { Name = "other", Per = LimitScope.Server, Kind = LimitKind.SlidingWindow, Permits = 1, Servers = ["elsewhere"] });

        Assert.Null(Call(Report));
        Assert.Contains("'reports'", Call(Report)!.Message, StringComparison.Ordinal);
        Assert.Null(Call(Search));
        Assert.Null(Call(Search));
        Assert.Null(Request(McpMethod.ListTools, null));
        Assert.Null(Request(McpMethod.ListTools, null));
    }

    [Fact]
    public void Everything_ButPingsAndNotifications_CountsForTheWholeGateway()
    {
        Apply(new LimitRuleConfig { Per = LimitScope.Global, Kind = LimitKind.SlidingWindow, Permits = 3 });

        Assert.Null(Request(McpMethod.ListTools, null));
        Assert.Null(Request(McpMethod.ReadResource, Search));
        Assert.Null(Request(McpMethod.CallTool, null));
        Assert.NotNull(Request(McpMethod.ListTools, null));
        Assert.Null(Request(McpMethod.Ping, null));
        Assert.Null(Request(McpMethod.CancelledNotification, null, kind: EnvelopeKind.Notification));
    }

    [Fact]
    public async Task RefusedRequest_CountsForNoOtherLimit()
    {
        Apply(
            new LimitRuleConfig { Per = LimitScope.Caller, Kind = LimitKind.SlidingWindow, Permits = 2, Every = TimeSpan.FromHours(1) },
            new LimitRuleConfig { Name = "one", Per = LimitScope.Global, Kind = LimitKind.Concurrency, Permits = 1 });
        var held = Hold();
        var first = Start(Search);
        for (var i = 0; i < 10; i++)
        {
            Assert.Contains("'one'", Call(Search)!.Message, StringComparison.Ordinal);
        }

        held.SetResult(McpResult.Empty);
        Assert.Null(await first);
        _answer = _ => new ValueTask<McpResult>(McpResult.Empty);

        Assert.Null(Call(Search));
        Assert.Contains("'caller'", Call(Search)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowTier_TakesNothingFromTheFast_WhenItIsFull()
    {
        _limits.Apply(Config(new LimitsConfig
        {
            Rules = [new LimitRuleConfig { Per = LimitScope.Global, Kind = LimitKind.Concurrency, Permits = 2 }],
            Tiers =
            [
                new LimitTierConfig { Name = "slow", Categories = ["slow*"], Timeout = TimeSpan.FromMinutes(5), Concurrency = 1, Queue = 10 },
                new LimitTierConfig { Name = "standard", Timeout = TimeSpan.FromSeconds(30) },
            ],
        }));
        var held = Hold();
        var running = Start(Report);
        var waiting = Enumerable.Range(0, 10).Select(_ => Start(Report)).ToArray();
        _answer = context =>
        {
            Assert.Equal(TimeSpan.FromSeconds(30), context.TierTimeout);
            return new ValueTask<McpResult>(McpResult.Empty);
        };

        Assert.Contains("'slow'", Call(Report)!.Message, StringComparison.Ordinal);
        Assert.Null(Call(Search));
        Assert.DoesNotContain(waiting, w => w.IsCompleted);

        _answer = context => new ValueTask<McpResult>(context.TierTimeout == TimeSpan.FromMinutes(5) ? McpResult.Empty : McpResult.None);
        held.SetResult(McpResult.Empty);
        Assert.Null(await running);
        Assert.All(await Task.WhenAll(waiting).WithinLimitAsync("those in line"), Assert.Null);
    }

    [Fact]
    public async Task WaitingRequest_IsRefused_WhenItsTimeIsOver()
    {
        Apply(new LimitRuleConfig { Per = LimitScope.Tool, Kind = LimitKind.Concurrency, Permits = 1, Queue = 1, Wait = TimeSpan.FromSeconds(3) });
        var held = Hold();
        var running = Start(Search);
        var waiting = Start(Search);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(FailureKind.RateLimited, (await waiting.WithinLimitAsync("the end of the wait"))?.Kind);
        held.SetResult(McpResult.Empty);
        await running;
        AssertNothingHeld();
    }

    [Fact]
    public async Task WaitingRequest_IsCancelled_AndHoldsNothing()
    {
        Apply(
            new LimitRuleConfig { Per = LimitScope.Caller, Kind = LimitKind.SlidingWindow, Permits = 2, Every = TimeSpan.FromHours(1) },
            new LimitRuleConfig { Per = LimitScope.Tool, Kind = LimitKind.Concurrency, Permits = 1, Queue = 1 });
        var held = Hold();
        var running = Start(Search);
        using var context = Context(McpMethod.CallTool, Search, "anybody");
        var waiting = _stage.InvokeAsync(context, context.Cancellation).AsTask();

        context.Cancel();

        Assert.Equal(FailureKind.Cancelled, (await waiting.WithinLimitAsync("the cancel")).Failure?.Kind);
        held.SetResult(McpResult.Empty);
        await running;
        AssertNothingHeld();
        _answer = _ => new ValueTask<McpResult>(McpResult.Empty);
        Assert.Null(Call(Search));
    }

    [Fact]
    public void Reload_KeepsTheCountsOfWhatItDoesNotChange()
    {
        var kept = new LimitRuleConfig { Name = "kept", Per = LimitScope.Caller, Kind = LimitKind.SlidingWindow, Permits = 1, Every = TimeSpan.FromHours(1) };
        Apply(kept);
        Assert.Null(Call(Search));

        Apply(new LimitRuleConfig { Per = LimitScope.Global, Kind = LimitKind.SlidingWindow, Permits = 100 }, kept with { Tools = [] });
        Assert.NotNull(Call(Search));
        Apply(kept with { Permits = 2 });
        Assert.Null(Call(Search));
        _limits.Apply(HubConfig.Default);
        Assert.Null(Call(Search));
    }

    [Fact]
    public void Counts_AreGivenUp_WhenTheyAreIdle()
    {
        Apply(new LimitRuleConfig { Per = LimitScope.Caller, Kind = LimitKind.TokenBucket, Permits = 1 });
        for (var i = 0; i < 50; i++)
        {
            Call(Search, $"caller {i}");
        }

        Assert.Equal(50, _limits.Current!.Rules.Single().Partitions.Count);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, _limits.Current!.Rules.Single().Partitions.Count);
    }

    [Fact]
    public void Request_AllocatesNothing_WithinItsLimits()
    {
        _limits.Apply(Config(new LimitsConfig
        {
            Rules =
            [
                new LimitRuleConfig { Per = LimitScope.Caller, Kind = LimitKind.TokenBucket, Permits = 1_000_000 },
                new LimitRuleConfig { Per = LimitScope.Tool, Kind = LimitKind.SlidingWindow, Permits = 1_000_000 },
                new LimitRuleConfig { Per = LimitScope.Server, Kind = LimitKind.Concurrency, Permits = 10 },
                new LimitRuleConfig { Per = LimitScope.Global, Kind = LimitKind.Concurrency, Permits = 10 },
            ],
            Tiers = [new LimitTierConfig { Name = "standard", Concurrency = 10 }],
        }));
        using var context = Context(McpMethod.CallTool, Search, "ann");
        Run(1000);

        Assert.Equal(0, Allocations.Of(() => Run(10_000)));

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var pending = _stage.InvokeAsync(context, CancellationToken.None);
                if (!pending.IsCompletedSuccessfully || pending.Result.Failure is not null)
                {
                    throw new InvalidOperationException("Over the limit.");
                }

                context.Leases!.Release();
            }
        }
    }

    private static CatalogEntry Tool(string name, string sourceName, string category) => new()
    {
        Source = new Source(),
        Name = name,
        SourceName = sourceName,
        SourceNameJson = JsonText.Encode(sourceName),
        Definition = default,
        Revision = Revisions.Latest,
        Category = category,
    };

    private static McpContext Context(McpMethod method, CatalogEntry? entry, string caller, EnvelopeKind kind = EnvelopeKind.Request) => new()
    {
        Entry = entry,
        Caller = new Caller { Key = caller },
        Envelope = new Envelope { Kind = kind, Method = method },
    };

    private static HubConfig Config(LimitsConfig limits) => new() { Gateway = new GatewayConfig { Limits = limits } };

    private void Apply(params LimitRuleConfig[] rules) => _limits.Apply(Config(new LimitsConfig { Rules = rules }));

    private Failure? Call(CatalogEntry tool, string caller = "anybody") => Request(McpMethod.CallTool, tool, caller);

    private Failure? Request(McpMethod method, CatalogEntry? entry, string caller = "anybody", EnvelopeKind kind = EnvelopeKind.Request)
    {
        using var context = Context(method, entry, caller, kind);
        var pending = _stage.InvokeAsync(context, CancellationToken.None);
        if (!pending.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("It waits.");
        }

        context.Leases?.Release();
        return pending.Result.Failure;
    }

    /// <summary>Starts a call and ends it as the pipeline does, when it is answered.</summary>
    private async Task<Failure?> Start(CatalogEntry tool)
    {
        using var context = Context(McpMethod.CallTool, tool, "anybody");
        var result = await _stage.InvokeAsync(context, context.Cancellation);
        context.Leases?.Release();
        return result.Failure;
    }

    private TaskCompletionSource<McpResult> Hold()
    {
        var held = new TaskCompletionSource<McpResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = _ => new ValueTask<McpResult>(held.Task);
        return held;
    }

    private void AssertNothingHeld() => Assert.All(
        _limits.Current!.Rules.SelectMany(r => r.Partitions.All).OfType<ConcurrencySlots>(), s => Assert.Equal((0, 0), (s.Running, s.Waiting)));

    private sealed class Source : ICatalogSource
    {
        public string Name => "srv";

        public ServerOffer? Offer => null;

        public ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
