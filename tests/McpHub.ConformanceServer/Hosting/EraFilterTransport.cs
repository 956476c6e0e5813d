using System.Threading.Channels;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>Answers by itself what the server's era has to refuse, and lets everything else through.</summary>
internal sealed class EraFilterTransport : ITransport
{
    private readonly ITransport _inner;
    private readonly ServerEra _era;
    private readonly Channel<JsonRpcMessage> _accepted = Channel.CreateUnbounded<JsonRpcMessage>();
    private readonly Task _pump;

    public EraFilterTransport(ITransport inner, ServerEra era)
    {
        _inner = inner;
        _era = era;
        _pump = PumpAsync();
    }

    public string? SessionId => _inner.SessionId;

    /// <summary>Completes when the peer sends no more.</summary>
    public Task InputEnded => _pump;

    public ChannelReader<JsonRpcMessage> MessageReader => _accepted.Reader;

    public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) =>
        _inner.SendMessageAsync(message, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        await _pump;
    }

    private async Task PumpAsync()
    {
        Exception? failure = null;
        try
        {
            await foreach (var message in _inner.MessageReader.ReadAllAsync())
            {
                if (message is JsonRpcRequest request && EraRules.Refuse(_era, request) is { } error)
                {
                    await _inner.SendMessageAsync(new JsonRpcError { Id = request.Id, Error = error });
                }
                else
                {
                    await _accepted.Writer.WriteAsync(message);
                }
            }
        }
        catch (Exception e)
        {
            // Whoever reads on must learn of it, or it would wait for ever.
            failure = e;
        }

        _accepted.Writer.Complete(failure);
    }
}
