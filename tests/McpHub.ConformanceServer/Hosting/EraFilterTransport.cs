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

        _accepted.Writer.Complete();
    }
}
