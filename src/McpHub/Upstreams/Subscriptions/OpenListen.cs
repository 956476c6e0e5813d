using McpHub.Protocol;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>One <c>subscriptions/listen</c> to a modern server, from its request on until either side ends it.</summary>
internal sealed class OpenListen : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();

    /// <param name="connection">The connection.</param>
    /// <param name="request">Makes the request, with its id and what waits for its acknowledgement.</param>
    public OpenListen(UpstreamConnection connection, Func<long, ListenAck, UpstreamCall> request) => Ended = RunAsync(connection, request);

    public ListenAck Ack { get; } = new();

    /// <summary>Completes when it is over. Never fails.</summary>
    public Task<ListenEnd> Ended { get; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Ended;
        _closing.Dispose();
    }

    private async Task<ListenEnd> RunAsync(UpstreamConnection connection, Func<long, ListenAck, UpstreamCall> request)
    {
        // The constructor goes on at once.
        await Task.Yield();
        try
        {
            using var call = request(connection.NextId(), Ack);
            using var reply = await connection.SendAsync(call, _closing.Token);
            return reply.IsError
                ? new ListenEnd(reply.ErrorText, IsRefusal: true)
                : new ListenEnd("The server has ended it.", IsRefusal: false);
        }
        catch (UpstreamException e)
        {
            return new ListenEnd(e.Message, IsRefusal: e.HttpStatus is >= 400 and < 500 and not 408 and not 429);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return new ListenEnd("It was closed.", IsRefusal: false);
        }
    }
}
