using System.Net.Sockets;
using System.Text;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>A client on a socket of its own that listens, and reads only when it is told to.</summary>
internal sealed class RawListener : IDisposable
{
    private readonly TcpClient _client;
    private readonly byte[] _buffer = new byte[4096];
    private string _received = "";

    private RawListener(TcpClient client) => _client = client;

    /// <summary>How much it has read.</summary>
    public long BytesRead { get; private set; }

    /// <param name="url">The endpoint.</param>
    /// <param name="receiveBuffer">How many bytes the socket holds unread; 0 for the system's default.</param>
    /// <param name="parameters">The params of the listen request; everything that a <see cref="ChangingServer"/> tells of, if there are none.</param>
    public static async Task<RawListener> OpenAsync(Uri url, int receiveBuffer = 0, string? parameters = null)
    {
        var client = new TcpClient();
        if (receiveBuffer > 0)
        {
            client.ReceiveBufferSize = receiveBuffer;
        }

        await client.ConnectAsync(url.Host, url.Port);
        var body = Rpc.Request(
            "1",
            "subscriptions/listen",
            parameters ?? "{\"notifications\":" + Watchers.Filter(ChangingServer.Watched) + ",\"_meta\":{" + McpClient.ModernKeys.Trim() + "}}");
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(RawHttp.ModernPost(url, "subscriptions/listen", body)));
        return new RawListener(client);
    }

    /// <summary>Reads until a message has this in it, and forgets what came before it.</summary>
    public async Task UntilAsync(string text)
    {
        int at;
        while ((at = _received.IndexOf(text, StringComparison.Ordinal)) < 0)
        {
            // Only so much that the text may begin in it: there may be megabytes before it.
            _received = _received[Math.Max(0, _received.Length - text.Length)..];
            var read = await _client.GetStream().ReadAsync(_buffer).AsTask().WithinLimitAsync($"'{text}' after '{_received}'");
            BytesRead += read;
            _received += read > 0 ? Encoding.UTF8.GetString(_buffer, 0, read) : throw new EndOfStreamException("The gateway has ended the stream.");
        }

        _received = _received[(at + text.Length)..];
    }

    public void Dispose() => _client.Dispose();
}
