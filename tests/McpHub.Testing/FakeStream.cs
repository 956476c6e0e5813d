using System.Threading.Channels;

namespace McpHub.Testing;

/// <summary>The one event stream of a session: HTTP+SSE's, or the GET stream of Streamable HTTP.</summary>
internal sealed class FakeStream
{
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();

    public ChannelReader<string> Reader => _messages.Reader;

    public async Task SendAsync(string message) => await _messages.Writer.WriteAsync("event: message\ndata: " + message + "\n\n");

    public async Task SendRawAsync(string text) => await _messages.Writer.WriteAsync(text);

    /// <summary>The server closes the stream.</summary>
    public void Close() => _messages.Writer.TryComplete();
}
