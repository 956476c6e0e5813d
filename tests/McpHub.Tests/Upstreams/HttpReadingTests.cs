using System.Text;
using McpHub.Protocol;
using McpHub.Upstreams;
using McpHub.Upstreams.Http;

namespace McpHub.Tests.Upstreams;

public sealed class HttpReadingTests
{
    private const int Limit = 2000;

    [Fact]
    public async Task Events_AreRead_WhenOneReadBringsMoreThanTheLimit()
    {
        // The large event makes the reader's buffer large, so that all of the small ones come at once.
        var large = "data: " + new string('x', Limit - 50) + "\n\n";
        var small = string.Concat(Enumerable.Repeat("data: " + new string('y', 100) + "\n\n", 100));

        var events = await ReadAsync(large + small);

        Assert.Equal(101, events.Count);
        Assert.All(events.Skip(1), e => Assert.Equal(100, e.Length));
    }

    [Theory]
    [InlineData("\n\n")]
    [InlineData("")]
    public async Task Events_EndWithAnError_WhenOneIsLargerThanTheLimit(string end)
    {
        var failure = await Assert.ThrowsAsync<UpstreamException>(() => ReadAsync("data: a\n\ndata: " + new string('x', 10 * Limit) + end));

        Assert.Equal(FailureKind.UpstreamProtocol, failure.Kind);
        Assert.Equal($"The server sent a message of more than {Limit} bytes.", failure.Message);
    }

    [Fact]
    public async Task Event_IsAMessage_WhenItsTypeIsEmpty()
    {
        using var response = Response("event:\ndata: a\n\n");
        await foreach (var (type, data) in HttpReading.ReadEventsAsync(response, Limit, null, TestContext.Current.CancellationToken))
        {
            data.Dispose();
            Assert.Equal("message", type);
        }
    }

    private static async Task<List<string>> ReadAsync(string stream)
    {
        using var response = Response(stream);
        var events = new List<string>();
        await foreach (var (_, data) in HttpReading.ReadEventsAsync(response, Limit, null, TestContext.Current.CancellationToken))
        {
            using (data)
            {
                events.Add(Encoding.UTF8.GetString(data.Span));
            }
        }

        return events;
    }

    private static HttpResponseMessage Response(string stream) =>
        new() { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(stream))) };
}
