using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Upstreams;

namespace McpHub.Tests.Upstreams;

public sealed class SharedReadingTests
{
    [Fact]
    public async Task Reading_IsSharedWhileItRuns_AndTheNextOnePauses()
    {
        var time = new FakeTimeProvider();
        var shared = new SharedReading(time);
        var readings = 0;
        var result = new TaskCompletionSource<ServerOffer>();
        var callers = Enumerable.Range(0, 100).Select(_ => shared.ReadAsync(ReadAsync)).ToArray();
        result.SetResult(new ServerOffer { Revision = Revision.V20260728 });
        Assert.All(await Task.WhenAll(callers), offer => Assert.Same(result.Task.Result, offer));
        Assert.Equal(1, readings);

        var next = shared.ReadAsync(ReadAsync);
        await Patience.UntilAsync(() => time.HasTimer(TimeSpan.FromMilliseconds(100)), "the next one pauses");
        Assert.Equal(1, readings);
        time.Advance(TimeSpan.FromMilliseconds(100));

        await next.WithinLimitAsync("the next reading");
        Assert.Equal(2, readings);

        Task<ServerOffer> ReadAsync()
        {
            Interlocked.Increment(ref readings);
            return result.Task;
        }
    }

    [Fact]
    public async Task Failure_IsEveryCallers_AndNotTheNextOnes()
    {
        var time = new FakeTimeProvider();
        var shared = new SharedReading(time);
        var isReleased = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 2).Select(_ => shared.ReadAsync(FailAsync)).ToArray();
        isReleased.SetResult();
        foreach (var caller in callers)
        {
            await Assert.ThrowsAsync<UpstreamException>(() => caller);
        }

        var next = shared.ReadAsync(() => Task.FromResult(new ServerOffer { Revision = Revision.V20260728 }));
        await Patience.UntilAsync(() => time.HasTimer(TimeSpan.FromMilliseconds(100)), "the next one pauses");
        time.Advance(TimeSpan.FromMilliseconds(100));
        await next.WithinLimitAsync("the next reading");

        async Task<ServerOffer> FailAsync()
        {
            await isReleased.Task;
            throw new UpstreamException(FailureKind.UpstreamLost, "It broke.");
        }
    }
}
