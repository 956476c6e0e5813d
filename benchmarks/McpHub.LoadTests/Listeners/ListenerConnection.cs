using System.Net;
using System.Net.Sockets;
using System.Text;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Listeners;

/// <summary>One client on a socket of its own that listens for changes of the tools.</summary>
internal sealed class ListenerConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[1024];
    private int _length;

    /// <summary>Connects, and completes when the gateway has acknowledged the listening.</summary>
    public async Task ListenAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, endpoint.Port), cancellationToken);
        var body = McpRequests.Listen;
        var head = $"POST {endpoint.AbsolutePath} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nContent-Type: application/json\r\n"
            + $"Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: {McpVersions.Modern}\r\n"
            + $"Mcp-Method: subscriptions/listen\r\nContent-Length: {body.Length}\r\n\r\n";
        await _socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], cancellationToken);
        await UntilAsync("notifications/subscriptions/acknowledged"u8.ToArray(), cancellationToken);
    }

    /// <summary>Completes when the gateway has told of a change.</summary>
    public Task ToldAsync(CancellationToken cancellationToken) => UntilAsync("notifications/tools/list_changed"u8.ToArray(), cancellationToken);

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads until a text has come, and forgets what came before it.</summary>
    private async Task UntilAsync(byte[] text, CancellationToken cancellationToken)
    {
        int at;
        while ((at = _buffer.AsSpan(0, _length).IndexOf(text)) < 0)
        {
            if (_length == _buffer.Length)
                Forget(_length - text.Length);
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_length), cancellationToken);
            if (read == 0)
                throw new InvalidDataException("The gateway has ended a stream.");
            _length += read;
        }

        Forget(at + text.Length);
    }

    private void Forget(int count)
    {
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
    }
}
