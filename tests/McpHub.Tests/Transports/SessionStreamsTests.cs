using System.Text;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Transports.Http.Streams;

namespace McpHub.Tests.Transports;

/// <summary>The store of a session's events: order, bounds, what goes first, and who gets what when he comes back.</summary>
public sealed class SessionStreamsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ClientSession _session = new("s", Revision.V20251125, []);

    [Fact]
    public void Resume_GivesWhatCameAfter_OnThisStreamOnly()
    {
        var store = Store();
        var first = store.Open(new EventReader(true));
        var second = store.Open(new EventReader(true));
        Send(first, "a1");
        Send(second, "b1");
        Send(first, "a2");
        Send(first, "a3");

        var reader = new EventReader(true);
        var resumed = store.Resume(new EventId(first.Number, 1), reader);

        Assert.Same(first, resumed);
        Assert.Equal(["1-2 a2", "1-3 a3"], Read(store, first, reader));
        Assert.Empty(Read(store, first, reader));
    }

    [Fact]
    public void Resume_FindsNothing_WhereThereIsNothing()
    {
        var store = Store();
        var stream = store.Open(new EventReader(true));
        Send(stream, "one");

        Assert.Null(store.Resume(new EventId(7, 0), new EventReader(true)));
        Assert.Null(store.Resume(new EventId(stream.Number, 2), new EventReader(true)));
        Assert.Null(store.Resume(new EventId(0, 0), new EventReader(true)));
        Assert.NotNull(store.Resume(new EventId(stream.Number, 0), new EventReader(true)));
    }

    [Fact]
    public void Answer_WaitsForTheClient_AndEndsTheStream()
    {
        var store = Store();
        var reader = new EventReader(true);
        var stream = store.Open(reader);
        store.Detach(stream, reader);
        Assert.False(store.IsOpen);

        using (var answer = Buffer("answer"))
        {
            stream.Answer(answer, "1"u8);
        }

        var back = new EventReader(true);
        Assert.False(store.IsFinished(new EventId(stream.Number, 0)));
        Assert.NotNull(store.Resume(new EventId(stream.Number, 0), back));
        Assert.Equal(["1-1 answer"], Read(store, stream, back));
        Assert.True(store.IsFinished(new EventId(stream.Number, 1)));
        Assert.False(stream.TrySend(Buffer("too late")));
    }

    [Fact]
    public void Answer_IsReplacedByAnError_WhenItIsTooLargeToBeKept()
    {
        var store = Store();
        var reader = new EventReader(true);
        var stream = store.Open(reader);
        store.Detach(stream, reader);

        using (var answer = Buffer(new string('x', SessionStreams.MostBytes + 1)))
        {
            stream.Answer(answer, "\"seven\""u8);
        }

        var back = new EventReader(true);
        store.Resume(new EventId(stream.Number, 0), back);
        var text = Assert.Single(Read(store, stream, back));
        Assert.Contains("\"id\":\"seven\",\"error\":{\"code\":-31003,", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Store_IsBounded_InEvents()
    {
        var store = Store();
        var reader = new EventReader(true);
        var stream = store.Open(reader);
        for (var i = 1; i <= SessionStreams.MostEvents + 10; i++)
        {
            Assert.True(Send(stream, $"m{i}"));
            Assert.Single(Read(store, stream, reader));
        }

        // What came right after the first is gone: whoever comes back to there is told, and not given what is left as if it were all.
        Assert.Null(store.Resume(new EventId(stream.Number, 0), new EventReader(true)));
        var back = new EventReader(true);
        Assert.NotNull(store.Resume(new EventId(stream.Number, 10), back));
        var kept = Read(store, stream, back);

        Assert.Equal(SessionStreams.MostEvents, kept.Count);
        Assert.Equal("1-11 m11", kept[0]);
    }

    [Fact]
    public void Store_IsBounded_InBytes()
    {
        var store = Store();
        var reader = new EventReader(true);
        var stream = store.Open(reader);
        var large = new string('x', SessionStreams.MostBytes / 3);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(Send(stream, large));
            Assert.Single(Read(store, stream, reader));
            Assert.InRange(store.Bytes, 1, SessionStreams.MostBytes);
        }
    }

    [Fact]
    public void Send_IsRefused_NeverSilent_WhenNothingWasRead()
    {
        var store = Store();
        var stream = store.Open(new EventReader(true));
        for (var i = 0; i < SessionStreams.MostEvents; i++)
        {
            Assert.True(Send(stream, "m"));
        }

        Assert.False(Send(stream, "one too many"));
        Assert.Equal(SessionStreams.MostEvents, stream.Backlog);

        using var answer = Buffer("answer");
        stream.Answer(answer, "1"u8);
        Assert.Equal(SessionStreams.MostEvents + 1, stream.Backlog);
    }

    [Fact]
    public void Answer_PushesOutWhatWaitsForAClientThatIsAway_NotWhatIsBeingWritten()
    {
        var store = Store();
        var away = store.Open(new EventReader(true));
        for (var i = 0; i < SessionStreams.MostEvents - 1; i++)
        {
            Send(away, "m");
        }

        store.Detach(away, away.Reader!);
        var reader = new EventReader(true);
        var here = store.Open(reader);
        Send(here, "mine");
        using var answer = Buffer("answer");
        here.Answer(answer, "1"u8);

        Assert.Equal(SessionStreams.MostEvents - 2, away.Backlog);
        Assert.Equal(["2-1 mine", "2-2 answer"], Read(store, here, reader));
    }

    [Fact]
    public async Task Request_ToTheClient_IsUnreachable_WhenTheStoreTakesNoMore()
    {
        var store = Store();
        var stream = store.Open(new EventReader(true));
        while (Send(stream, "m"))
        {
        }

        Assert.Null(await _session.Requests.AskAsync(stream, McpMethod.Ping, default, CancellationToken.None));
    }

    [Fact]
    public void Events_AreForgotten_WhenNobodyComesBackInTime()
    {
        var store = Store();
        var reader = new EventReader(true);
        var stream = store.Open(reader);
        Send(stream, "one");
        store.Detach(stream, reader);
        using (var answer = Buffer("answer"))
        {
            stream.Answer(answer, "1"u8);
        }

        store.Sweep();
        Assert.True(store.Bytes > 0);
        _time.Advance(SessionStreams.Retention + TimeSpan.FromSeconds(1));
        store.Sweep();

        Assert.Equal(0, store.Bytes);
        Assert.Null(store.Resume(new EventId(stream.Number, 0), new EventReader(true)));
    }

    [Fact]
    public void Unsolicited_IsKept_WhileTheClientIsAway_AndNowhereAfterwards()
    {
        var store = Store();
        Assert.False(_session.Unsolicited.TrySend(Buffer("before the first GET")));
        var reader = new EventReader(true);
        var stream = store.OpenUnsolicited(reader)!;
        Assert.True(_session.Unsolicited.TrySend(Buffer("one")));
        Assert.Equal(["0-1 one"], Read(store, stream, reader));
        store.Detach(stream, reader);
        Assert.True(_session.Unsolicited.TrySend(Buffer("two")));

        var again = new EventReader(true);
        Assert.Same(stream, store.OpenUnsolicited(again));
        Assert.Equal(1, again.Position);
        Assert.Equal(["0-2 two"], Read(store, stream, again));

        store.Detach(stream, again);
        _time.Advance(SessionStreams.Retention + TimeSpan.FromSeconds(1));
        store.Sweep();
        Assert.False(_session.Unsolicited.TrySend(Buffer("three")));
    }

    [Fact]
    public void End_ClosesTheUnsolicitedStream_AndLetsAnswersOut()
    {
        var store = Store();
        var own = new EventReader(true);
        var unsolicited = store.OpenUnsolicited(own)!;
        var reader = new EventReader(true);
        var stream = store.Open(reader);

        _session.Keep(store);
        _session.End();

        Assert.False(store.Take(unsolicited, own, []));
        Assert.Same(NullClientStream.Instance, _session.Unsolicited);
        Assert.Null(store.OpenUnsolicited(new EventReader(true)));
        using var answer = Buffer("cancelled");
        stream.Answer(answer, "1"u8);
        Assert.Equal(["1-1 cancelled"], Read(store, stream, reader));
    }

    [Fact]
    public void Nothing_IsKept_WhereNobodyCanComeBack()
    {
        var store = new SessionStreams(_time);
        var reader = new EventReader(true);
        var stream = store.Open(reader);
        Send(stream, "one");
        Read(store, stream, reader);
        Assert.Equal(0, store.Bytes);

        Send(stream, "two");
        store.Detach(stream, reader);

        Assert.Equal(0, store.Bytes);
        Assert.False(Send(stream, "three"));
    }

    [Fact]
    public void Bytes_AreGivenBack_WhenTheSessionEnds()
    {
        var store = Store();
        var away = store.Open(new EventReader(true));
        var reader = new EventReader(true);
        var here = store.Open(reader);
        Send(away, "one");
        Send(here, "two");
        store.Detach(away, away.Reader!);
        store.OpenAnswered("three"u8);

        store.End();
        Assert.Equal("two".Length, store.Bytes);
        Read(store, here, reader);
        store.Detach(here, reader);

        Assert.Equal(0, store.Bytes);
        store.OpenAnswered("four"u8);
        Assert.Equal(0, store.Bytes);
    }

    [Fact]
    public void Stores_KeepOnlyWhatIsNotWritten_WhenTheyAreTooManyTogether()
    {
        var stores = new List<SessionStreams>();
        var answer = new byte[SessionStreams.MostBytes];
        while (SessionStreams.BytesOverall <= SessionStreams.MostBytesOverall)
        {
            var full = SessionStreams.Of(new ClientSession("s", Revision.V20251125, []), _time);
            full.OpenAnswered(answer);
            stores.Add(full);
        }

        var store = Store();
        var reader = new EventReader(true);
        var stream = store.Open(reader);
        Assert.True(Send(stream, "to a client that is there"));
        store.Detach(stream, reader);
        Assert.False(Send(stream, "to one that is away"));
        using (var buffer = Buffer("answer"))
        {
            stream.Answer(buffer, "1"u8);
        }

        Assert.Equal(2, stream.Backlog);
        stores[0].Sweep();
        Assert.Equal(0, stores[0].Bytes);
        Assert.True(SessionStreams.BytesOverall <= SessionStreams.MostBytesOverall);
        stores.ForEach(s => s.End());
    }

    [Fact]
    public void Close_IsOnlyForConnections_ThatCanBeClosed()
    {
        var store = Store();
        var reader = new EventReader(canClose: true);
        var stream = store.Open(reader);

        Assert.False(store.Open(new EventReader(canClose: false)).CloseForPolling(TimeSpan.FromSeconds(2)));
        Assert.True(stream.CloseForPolling(TimeSpan.FromSeconds(2)));
        Assert.False(store.Take(stream, reader, []));
        Assert.Equal(TimeSpan.FromSeconds(2), reader.Retry);
    }

    [Theory]
    [InlineData("0-0", 0, 0)]
    [InlineData("12-345", 12, 345)]
    public void EventId_IsWhatItSays(string text, int stream, long sequence)
    {
        Assert.True(EventId.TryParse(text, out var id));
        Assert.Equal(new EventId(stream, sequence), id);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("1--1")]
    [InlineData("1-2-3")]
    [InlineData("a-1")]
    [InlineData(" 1-1")]
    [InlineData("1-99999999999999999999")]
    public void EventId_IsNothingElse(string? text) => Assert.False(EventId.TryParse(text, out _));

    private SessionStreams Store() => SessionStreams.Of(_session, _time);

    private static bool Send(SessionStream stream, string text) => stream.TrySend(Buffer(text));

    private static Utf8Buffer Buffer(string text) => Utf8Buffer.CopyOf(Encoding.UTF8.GetBytes(text));

    /// <summary>What a connection would write now.</summary>
    private static List<string> Read(SessionStreams store, SessionStream stream, EventReader reader)
    {
        var events = new List<StoredEvent>();
        store.Take(stream, reader, events);
        store.Sent(stream, reader, events);
        return [.. events.Select(e => $"{new EventId(stream.Number, e.Sequence)} {Encoding.UTF8.GetString(e.Message)}")];
    }
}
