using System.Text;
using McpHub.Batching;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Batching;

public sealed class BulkCallTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _sent = [];

    [Fact]
    public async Task Call_IsMade_WhenAllWhoAreExpectedHaveComeOrWillNot()
    {
        var call = new BulkCall(Form(), _time, Wait, expected: 3);
        var (a, b) = (JoinAsync(call, 1), JoinAsync(call, 2));
        Assert.Empty(_sent);

        call.Skip();

        Assert.Equal(["1", "2"], [Text(await a), Text(await b)]);
        Assert.Equal(["""{"items":[{"n":1},{"n":2}]}"""], _sent);
        Assert.Null(await JoinAsync(call, 3));
    }

    [Fact]
    public async Task Call_IsMade_WhenItIsFull()
    {
        var call = new BulkCall(Form(), _time, Wait, int.MaxValue, most: 2);

        Assert.Equal(["1", "2"], (await Task.WhenAll(JoinAsync(call, 1), JoinAsync(call, 2))).Select(Text));
    }

    [Fact]
    public async Task Call_IsMade_WhenTheFirstHasWaitedLongEnough()
    {
        var call = new BulkCall(Form(), _time, Wait, int.MaxValue);
        var joined = new[] { JoinAsync(call, 1), JoinAsync(call, 2) };

        _time.Advance(Wait);

        Assert.Equal(["1", "2"], (await Task.WhenAll(joined)).Select(Text));
    }

    [Fact]
    public async Task One_IsLeftToItself()
    {
        var call = new BulkCall(Form(), _time, Wait, int.MaxValue);
        var joined = JoinAsync(call, 1);

        _time.Advance(Wait);

        Assert.Null(await joined);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task WhoLeavesBefore_IsNotInIt()
    {
        using var cancellation = new CancellationTokenSource();
        var call = new BulkCall(Form(), _time, Wait, expected: 3);
        var leaving = call.JoinAsync("{}"u8.ToArray(), SendAsync, cancellation.Token);
        var first = JoinAsync(call, 1);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        Assert.Equal(["2", "1"], new[] { Text(await JoinAsync(call, 2)), Text(await first) });
        Assert.Equal(["""{"items":[{"n":1},{"n":2}]}"""], _sent);
    }

    [Fact]
    public async Task WhoComesAfterAllHaveLeft_WaitsAsLongAsTheFirst()
    {
        using var cancellation = new CancellationTokenSource();
        var call = new BulkCall(Form(), _time, Wait, int.MaxValue);
        var leaving = call.JoinAsync("{}"u8.ToArray(), SendAsync, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _time.Advance(Wait);

        var joined = JoinAsync(call, 1);
        Assert.False(joined.IsCompleted);
        _time.Advance(Wait);

        Assert.Null(await joined.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Call_IsEnded_WhenAllHaveLeft()
    {
        using var cancellation = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        var call = new BulkCall(Form(), _time, Wait, expected: 2);
        BulkSend hang = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
            return new BulkAnswer { Failure = new Failure(FailureKind.Cancelled, "") };
        };
        var joined = new[] { call.JoinAsync("{}"u8.ToArray(), hang, cancellation.Token), call.JoinAsync("{}"u8.ToArray(), hang, cancellation.Token) };

        await cancellation.CancelAsync();

        await ended.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.All(joined, j => Assert.True(j.IsCanceled));
    }

    [Fact]
    public async Task Error_IsTheErrorOfEach_AndNobodyTriesAgain()
    {
        var call = new BulkCall(Form(), _time, Wait, expected: 2);
        BulkSend fail = (_, _) => throw new InvalidOperationException("inside");

        var answers = await Task.WhenAll(
            call.JoinAsync("{}"u8.ToArray(), fail, TestContext.Current.CancellationToken), call.JoinAsync("{}"u8.ToArray(), fail, TestContext.Current.CancellationToken));

        Assert.All(answers, a => Assert.Equal(FailureKind.Internal, a!.Failure!.Kind));
        Assert.All(answers, a => Assert.DoesNotContain("inside", a!.Failure!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ToolError_IsThatOfEach()
    {
        var call = new BulkCall(Form(), _time, Wait, expected: 2);
        BulkSend refuse = (_, _) => Task.FromResult(new BulkAnswer { Part = new BulkPart("""{"content":[],"isError":true}"""u8.ToArray(), true) });

        var answers = await Task.WhenAll(
            call.JoinAsync("{}"u8.ToArray(), refuse, TestContext.Current.CancellationToken), call.JoinAsync("{}"u8.ToArray(), refuse, TestContext.Current.CancellationToken));

        Assert.All(answers, a => Assert.True(a!.Part!.IsToolError));
    }

    [Fact]
    public void EveryStatus_HasAText()
    {
        var texts = Enum.GetValues<ItemStatus>().Select(s => s.Text()).ToArray();

        Assert.Equal(texts.Length, texts.Distinct().Count());
    }

    private static BulkForm Form() => new("all", "/items", "/out", 10);

    private static string Text(BulkAnswer? answer) =>
        System.Text.Json.JsonElement.Parse(answer!.Part!.Result).GetProperty("content")[0].GetProperty("text").GetString()!;

    private Task<BulkAnswer?> JoinAsync(BulkCall call, int number) =>
        call.JoinAsync(Encoding.UTF8.GetBytes($"{{\"n\":{number}}}"), SendAsync, TestContext.Current.CancellationToken);

    private Task<BulkAnswer> SendAsync(ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(arguments.Span);
        _sent.Add(text);
        var results = System.Text.Json.JsonElement.Parse(text).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("n").GetRawText());
        return Task.FromResult(new BulkAnswer { Part = new BulkPart(Encoding.UTF8.GetBytes($"{{\"structuredContent\":{{\"out\":[{string.Join(',', results)}]}}}}"), false) });
    }
}
