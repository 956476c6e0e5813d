using System.Text;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Tests.Pipeline;

public sealed class InFlightRequestsTests
{
    [Fact]
    public void Cancel_EndsTheOneRequest_WhoseIdIsOfTheSameType()
    {
        var requests = new InFlightRequests();
        using var number = Context("1");
        using var text = Context("\"1\"");
        requests.Add(number);
        requests.Add(text);

        requests.Cancel("\"1\""u8);

        Assert.True(text.IsCancelledByClient && text.Cancellation.IsCancellationRequested);
        Assert.False(number.IsCancelledByClient || number.Cancellation.IsCancellationRequested);
        requests.Cancel("7"u8);
        requests.Cancel([]);
    }

    [Fact]
    public void Cancel_DoesNothing_OnceTheRequestIsGone()
    {
        var requests = new InFlightRequests();
        using var context = Context("1");
        requests.Add(context);
        requests.Remove(context);
        requests.Remove(context);

        requests.Cancel("1"u8);

        Assert.False(context.IsCancelledByClient);
        Assert.True(requests.IsEmpty);
    }

    [Fact]
    public void CancelAll_EndsThemAll_AlsoThoseWithTheSameId()
    {
        var requests = new InFlightRequests();
        using var first = Context("1");
        using var second = Context("1");
        requests.Add(first);
        requests.Add(second);
        requests.Remove(first);

        requests.CancelAll();

        Assert.False(first.IsCancelledByClient);
        Assert.True(second.IsCancelledByClient);
    }

    private static McpContext Context(string id)
    {
        var context = new McpContext { Message = Encoding.UTF8.GetBytes("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}") };
        Assert.Null(EnvelopeReader.Read(context.Message.Span, out context.Envelope));
        return context;
    }
}
