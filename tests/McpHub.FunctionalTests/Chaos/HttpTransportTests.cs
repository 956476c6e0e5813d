using McpHub.Configuration;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>What is wrong with the HTTP around a message.</summary>
public sealed class HttpTransportTests(EchoGateway fixture) : IClassFixture<EchoGateway>
{
    private static readonly string Ping = Rpc.Request("1", "ping");

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public async Task Method_IsNotAllowed_WhenItIsNotPost(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), fixture.Gateway.Url);
        using var response = await fixture.Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Contains("POST", response.Content.Headers.Allow);
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonp")]
    [InlineData("")]
    public async Task ContentType_IsRefused_WhenItIsNotJson(string type)
    {
        var answer = await fixture.PostAsync(Ping, ("Content-Type", type));

        Assert.Equal(415, answer.Status);
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost.evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1.evil.example:80")]
    [InlineData("not a uri")]
    public async Task Origin_IsRefused_WhenItIsForeign(string origin)
    {
        var answer = await fixture.PostAsync(Ping, ("Origin", origin));

        Assert.Equal(403, answer.Status);
        Assert.Null(answer.Id);
        Assert.False(answer.Headers.ContainsKey("Access-Control-Allow-Origin"));
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("http://localhost:3000")]
    [InlineData("http://127.0.0.1:1234")]
    [InlineData("http://[::1]")]
    public async Task Origin_IsAccepted_WhenItIsOfThisMachine(string origin)
    {
        var answer = await fixture.PostAsync(Rpc.Initialize("1", "2025-11-25"), ("Origin", origin));

        Assert.Equal(200, answer.Status);
        Assert.Equal(origin, answer.Headers["Access-Control-Allow-Origin"]);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("evil.example:8080")]
    public async Task Host_IsRefused_WhenItIsNotOurs(string host)
    {
        var answer = await fixture.PostAsync(Ping, ("Host", host));

        Assert.Equal(403, answer.Status);
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Path_IsNotFound_WhenNoSuchServerIsThere()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, fixture.Gateway.Url + "/nobody") { Content = new StringContent(Ping) };
        request.Content.Headers.ContentType = new("application/json");
        using var response = await fixture.Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)response.StatusCode);
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData(104_857_600)]
    [InlineData(EchoGateway.RequestLimit + 1)]
    public async Task Body_IsTooLarge_WhenItsLengthSaysSo(long length)
    {
        var answer = await RawHttp.ExchangeAsync(
            fixture.Gateway.Url, $"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{", closeSending: false);

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("-31003", answer, StringComparison.Ordinal);
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Body_IsTooLarge_WhenItsChunksAre()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, fixture.Gateway.Url) { Content = new EndlessContent(EchoGateway.RequestLimit * 3L) };
        request.Headers.TransferEncodingChunked = true;
        using var response = await fixture.Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(413, (int)response.StatusCode);
        await fixture.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task Body_IsTaken_WhenItIsJustNotTooLarge()
    {
        var head = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"";
        var answer = await fixture.PostAsync(head + new string(' ', EchoGateway.RequestLimit - head.Length - 1) + "}");

        // It is read, and lacks a session.
        Assert.Equal((400, -32600), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_MayBeAsLargeAsConfigured_EvenBeyondTheServersOwnLimit(bool isChunked)
    {
        // Kestrel's default is 30,000,000 bytes.
        const int Limit = 32 * 1024 * 1024;
        await using var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Gateway = new GatewayConfig { Sizes = new SizesConfig { Request = Limit } },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Url) { Content = new EndlessContent(31_000_000, isChunked ? null : 31_000_000) };
        request.Headers.TransferEncodingChunked = isChunked;
        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await HttpAnswer.ReadAsync(response);

        // Spaces alone are no JSON, but they have been read.
        Assert.Equal((400, -32700), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("Content-Length: 500\r\n\r\n{\"jsonrpc\":")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n20\r\n{\"jsonrpc\":")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    public async Task Body_IsNeverAnsweredWithSuccess_WhenItBreaksOff(string rest)
    {
        var head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

        var answer = await RawHttp.ExchangeAsync(fixture.Gateway.Url, head + rest, closeSending: true);

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
        await RawHttp.SendAndVanishAsync(fixture.Gateway.Url, head + rest);
        await fixture.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("5\r\n{\"jsonrpc\":\r\n0\r\n\r\n")]
    public async Task Body_IsABadRequest_WhenItsChunksAreNonsense(string chunks)
    {
        var answer = await RawHttp.ExchangeAsync(
            fixture.Gateway.Url, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, closeSending: false);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        await fixture.Gateway.StillServesAsync();
    }

    /// <summary>So many spaces.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private static readonly byte[] Spaces = [.. Enumerable.Repeat((byte)' ', 64 * 1024)];
        private readonly long _bytes;
        private readonly long? _declared;

        public EndlessContent(long bytes, long? declared = null)
        {
            _bytes = bytes;
            _declared = declared;
            Headers.ContentType = new("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var left = _bytes; left > 0; left -= Spaces.Length)
            {
                await stream.WriteAsync(Spaces.AsMemory(0, (int)Math.Min(left, Spaces.Length)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _declared ?? 0;
            return _declared is not null;
        }
    }
}
