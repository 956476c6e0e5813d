using System.Net.Sockets;
using System.Text;

namespace McpHub.Testing;

/// <summary>HTTP by hand, for what no client library sends.</summary>
internal static class RawHttp
{
    /// <summary>A request of a modern client as it goes over the connection.</summary>
    /// <param name="url">The endpoint.</param>
    /// <param name="method">The method that the body has.</param>
    /// <param name="body">The message.</param>
    /// <param name="name">What it is about, where the method has that header.</param>
    public static string ModernPost(Uri url, string method, string body, string? name = null) =>
        $"POST {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
        + $"MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\n" + (name is null ? "" : $"Mcp-Name: {name}\r\n")
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    /// <summary>Sends the text, closes the sending side if told to, and reads one response, or until the server closes.</summary>
    public static async Task<string> ExchangeAsync(Uri url, string text, bool closeSending)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        if (closeSending)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        var received = "";
        var buffer = new byte[16 * 1024];
        try
        {
            while (!IsWhole(received) && await stream.ReadAsync(buffer).AsTask().WithinLimitAsync("the gateway's answer") is > 0 and var read)
            {
                received += Encoding.Latin1.GetString(buffer, 0, read);
            }
        }
        catch (IOException)
        {
            // Reset: what came before counts.
        }

        return received;
    }

    /// <summary>Sends the text and goes away without a word.</summary>
    public static async Task SendAndVanishAsync(Uri url, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));
        client.LingerState = new LingerOption(true, 0);
    }

    private static bool IsWhole(string response)
    {
        var end = response.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var length = response.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        return end > 0 && length > 0 && length < end
            && response.Length >= end + 4 + int.Parse(response.AsSpan(length + 16, response.IndexOf('\r', length) - length - 16), System.Globalization.CultureInfo.InvariantCulture);
    }
}
