using System.Net;
using System.Net.Sockets;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Upstreams.Http;

namespace McpHub.Tests.Upstreams;

/// <summary>Alone, because the machine's proxy is one for the whole process.</summary>
[Collection(AloneCollection.Name)]
public sealed class HttpUpstreamClientTests : IDisposable
{
    private readonly TcpListener _proxy = new(IPAddress.Loopback, 0);
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly IWebProxy _former = HttpClient.DefaultProxy;

    public HttpUpstreamClientTests()
    {
        _proxy.Start();
        _server.Start();
        HttpClient.DefaultProxy = new WebProxy($"http://{_proxy.LocalEndpoint}", BypassOnLocal: true);
    }

    public void Dispose()
    {
        HttpClient.DefaultProxy = _former;
        _proxy.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Server_IsReachedThroughTheProxyOfTheMachine() =>
        Assert.Equal("POST http://upstream.example/mcp HTTP/1.1", await FirstLineAsync("http://upstream.example/mcp", _proxy));

    [Fact]
    public async Task Server_IsReachedDirectly_WhenTheProxyIsNotForIt() =>
        Assert.Equal("POST /mcp HTTP/1.1", await FirstLineAsync($"http://{_server.LocalEndpoint}/mcp", _server));

    /// <summary>Sends a message, and has the first line of it that reaches a listener.</summary>
    private static async Task<string?> FirstLineAsync(string url, TcpListener listener)
    {
        using var client = new HttpUpstreamClient(new HttpTransportConfig { Url = new Uri(url) }, Patience.Limit);
        using var message = Utf8Buffer.CopyOf("{}"u8);
        using var request = client.Post(client.Url, message);
        using var sent = new CancellationTokenSource(Patience.Limit);
        var answer = client.SendAsync(request, sent.Token);
        using var connection = await listener.AcceptTcpClientAsync(sent.Token);
        using var reader = new StreamReader(connection.GetStream());
        var line = await reader.ReadLineAsync(sent.Token);
        await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), sent.Token);
        (await answer).Dispose();
        return line;
    }
}
