using System.Text;
using McpHub.Protocol;
using McpHub.Upstreams;
using McpHub.Upstreams.Http;

namespace McpHub.Tests.Fuzzing;

/// <summary>Event streams of upstreams: how a stream is cut must not matter, and no bytes may crash or hang the reader.</summary>
public sealed class EventStreamFuzzTests
{
    private const int Rounds = 60_000;
    private const int NoLimit = 1024 * 1024;

    private static readonly byte[][] Pieces = Array.ConvertAll(
        (string[])[
            "data", "data:", "data: ", "data:{\"jsonrpc\":\"2.0\"}", "data: ä😀", "event: message", "event:endpoint", "event", "id: 1", "id:\0", "retry: 10",
            "retry: 99999999999999999999", "retry: -1", ": comment", ":", "x: y", "\n", "\n", "\n", "\r", "\r\n", "\r\n", "\n\n", "\r\n\r\n", "\r\r", "\0",
            "\ufeff", " ", new string('x', 1500),
        ],
        Encoding.UTF8.GetBytes);

    [Fact]
    public Task Events_AreThoseOfTheStandard_HoweverTheStreamIsCut() => FuzzRun.OfAsync(Rounds, async random =>
    {
        var stream = Stream(random);

        var events = await ReadAsync(stream, NoLimit, random.Next(4) == 0 ? 1 : random.Next(1, 200), random);

        Assert.Null(events.Failure);
        Assert.Equal(EventStreamReference.Read(stream), events.Events);
    });

    [Fact]
    public Task Noise_EndsAsAStream_HoweverItIsCut() => FuzzRun.OfAsync(Rounds, async random =>
    {
        var stream = new byte[random.Next(300)];
        random.NextBytes(stream);
        for (var i = 0; i < stream.Length; i++)
        {
            stream[i] = random.Next(4) == 0 ? "\r\n:d"u8[random.Next(4)] : stream[i];
        }

        var events = await ReadAsync(stream, NoLimit, random.Next(1, 50), random);

        Assert.Null(events.Failure);
        Assert.Equal(EventStreamReference.Read(stream), events.Events);
    });

    [Fact]
    public Task Limit_IsForOneEvent_HoweverTheStreamIsCut() => FuzzRun.OfAsync(Rounds / 4, async random =>
    {
        var limit = random.Next(100, 6000);
        var stream = new List<byte>();
        var sizes = Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(1, limit - 20)).ToList();
        var tooLarge = random.Next(2) == 0;
        if (tooLarge)
        {
            sizes[^1] = limit + random.Next(1, 2 * limit);
        }

        foreach (var size in sizes)
        {
            stream.AddRange(Encoding.UTF8.GetBytes("data: " + new string('x', size) + "\n\n"));
        }

        var (events, failure) = await ReadAsync([.. stream], limit, random.Next(2) == 0 ? 1_000_000 : random.Next(1, 5000), random);

        Assert.Equal(tooLarge ? FailureKind.UpstreamProtocol : null, failure);
        Assert.Equal(sizes.Where(s => s <= limit), events.Select(e => e.Data.Length / 2));
    });

    private static byte[] Stream(Random random)
    {
        var bytes = new List<byte>();
        for (var count = random.Next(40); count > 0; count--)
        {
            bytes.AddRange(Pieces[random.Next(Pieces.Length)]);
            if (random.Next(2) == 0)
            {
                bytes.AddRange("\n"u8);
            }
        }

        return [.. bytes];
    }

    private static async Task<(List<(string Type, string Data)> Events, FailureKind? Failure)> ReadAsync(byte[] stream, int limit, int longest, Random random)
    {
        using var response = new HttpResponseMessage { Content = new StreamContent(new ChunkedStream(stream, longest, random)) };
        var events = new List<(string, string)>();
        try
        {
            await foreach (var (type, data) in HttpReading.ReadEventsAsync(response, limit, null, TestContext.Current.CancellationToken))
            {
                using (data)
                {
                    events.Add((type, Convert.ToHexString(data.Span)));
                }
            }
        }
        catch (UpstreamException e)
        {
            return (events, e.Kind);
        }

        return (events, null);
    }
}
