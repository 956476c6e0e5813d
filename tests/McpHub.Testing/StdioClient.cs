using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using McpHub.Transports.Stdio;

namespace McpHub.Testing;

/// <summary>The other end of a gateway that serves stdio, over pipes in memory: lines in, lines out.</summary>
internal sealed class StdioClient : IAsyncDisposable
{
    private readonly Pipe _toGateway = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Pipe _fromGateway = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly StdioServer _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private readonly StreamReader _reader;

    public StdioClient(Func<Stream, Stream, StdioServer> create)
    {
        _server = create(_toGateway.Reader.AsStream(), _fromGateway.Writer.AsStream());
        _reader = new StreamReader(_fromGateway.Reader.AsStream(), Encoding.UTF8);
        _running = _server.RunAsync(Patience.Limit, _stopping.Token);
    }

    /// <summary>Completes when the gateway has ended by itself, after <see cref="CloseInput"/>.</summary>
    public Task Ended => _running;

    public Task SendAsync(string line) => SendBytesAsync(Encoding.UTF8.GetBytes(line + "\n"));

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => await _toGateway.Writer.WriteAsync(bytes);

    public async Task<string> ReadLineAsync() =>
        await _reader.ReadLineAsync().WithinLimitAsync("a line from the gateway") ?? throw new EndOfStreamException("The gateway has closed its output.");

    public async Task<JsonElement> ReadAsync() => JsonElement.Parse(await ReadLineAsync());

    public async Task<JsonElement> AskAsync(string line)
    {
        await SendAsync(line);
        return await ReadAsync();
    }

    /// <summary>Does the handshake of a legacy revision.</summary>
    public async Task InitializeAsync(string revision = "2025-11-25")
    {
        await AskAsync(Rpc.Initialize("\"init\"", revision));
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
    }

    /// <summary>Whatever was sent before: the next message that the gateway sends answers this ping.</summary>
    public async Task<bool> IsNextPongAsync(string id)
    {
        var answer = await AskAsync(Rpc.Request(id, "ping"));
        return answer.GetProperty("id").GetRawText() == id && answer.TryGetProperty("result", out _);
    }

    public void CloseInput() => _toGateway.Writer.Complete();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _server.Dispose();
        _reader.Dispose();
        _stopping.Dispose();
    }
}
