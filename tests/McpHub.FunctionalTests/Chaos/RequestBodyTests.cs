using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>A request's bytes stay good until its answer, whatever comes behind them and whoever goes away meanwhile.</summary>
public sealed class RequestBodyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public async Task Requests_OneBehindTheOther_AreAnsweredInTheirOrder(int piece)
    {
        await using var held = await HeldUpstream.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(held.Config);
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Url.Host, gateway.Url.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();

        // Of sizes that fit in one block of the server's buffer, and that don't.
        var ids = Enumerable.Range(0, 24).Select(n => $"\"{n}-{new string((char)('a' + n), n % 3 == 2 ? 9_000 : 60)}\"").ToList();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(ids.Select(id => Post(gateway.Url, id))));
        var sending = SendAsync(stream, bytes, piece);
        await held.UntilHeldAsync(1);
        held.Release();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        foreach (var id in ids)
        {
            Assert.Equal((200, id), await ReadAsync(reader).WithinLimitAsync($"the answer to {id[..8]}"));
        }

        await sending;
        await gateway.StillServesAsync();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Answers_AreTheirOwn_WhenOtherClientsGoAwayInTheMiddle(HttpProtocols protocol)
    {
        await using var held = await HeldUpstream.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(held.Config, protocols: protocol);
        var client = McpClient.Unconnected(gateway, Revision.V20260728);
        using var leave = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 60).Select(n => SendAsync(n, n % 2 == 0 ? leave.Token : TestContext.Current.CancellationToken)).ToList();
        await held.UntilHeldAsync(calls.Count);

        await leave.CancelAsync();
        await held.UntilLeftAsync(calls.Count / 2);
        held.Release();

        for (var n = 0; n < calls.Count; n++)
        {
            if (n % 2 == 0)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[n]);
            }
            else
            {
                var answer = await calls[n].WithinLimitAsync($"answer {n}");
                Assert.Equal((200, IdOf(n)), (answer.Status, answer.Id));
            }
        }

        Assert.Empty(gateway.Log.Faults);

        async Task<HttpAnswer> SendAsync(int n, CancellationToken cancellationToken)
        {
            using var request = client.Request("tools/call", Rpc.Call("hold", "{}"), id: IdOf(n));
            request.Version = protocol == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            return await client.SendAsync(request, cancellationToken);
        }

        static string IdOf(int n) => $"\"{n}-{new string((char)('A' + (n % 26)), 300)}\"";
    }

    private static async Task SendAsync(NetworkStream stream, byte[] bytes, int piece)
    {
        await Task.Yield();
        for (var at = 0; at < bytes.Length; at += piece)
        {
            await stream.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)), TestContext.Current.CancellationToken);
        }
    }

    private static string Post(Uri url, string id) => RawHttp.ModernPost(
        url, "tools/call", Rpc.Request(id, "tools/call", "{\"name\":\"hold\",\"arguments\":{},\"_meta\":{" + McpClient.ModernKeys.Trim() + "}}"), "hold");

    /// <summary>Reads one response: its status, and the id that it answers.</summary>
    private static async Task<(int Status, string Id)> ReadAsync(StreamReader reader)
    {
        var status = int.Parse((await reader.ReadLineAsync())!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        var length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(header.AsSpan("Content-Length: ".Length), System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        var body = new char[length];
        await reader.ReadBlockAsync(body);
        return (status, JsonElement.Parse(new string(body)).GetProperty("id").GetRawText());
    }

    /// <summary>A server whose one tool answers nobody until it is told to.</summary>
    private sealed class HeldUpstream : IAsyncDisposable
    {
        private readonly FakeUpstream _upstream;
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _held;
        private int _left;

        private HeldUpstream(FakeUpstream upstream) => _upstream = upstream;

        public HubConfig Config => new() { Upstreams = [_upstream.Config("up")], Gateway = new GatewayConfig { Naming = new NamingConfig { Prefix = PrefixMode.Never } } };

        public static async Task<HeldUpstream> StartAsync()
        {
            var held = new HeldUpstream(await FakeUpstream.StartAsync(Revision.V20260728, FakeOffer.OfTools("hold")));
            held._upstream.OnTool("hold", held.AnswerAsync);
            return held;
        }

        public void Release() => _released.TrySetResult();

        public Task UntilHeldAsync(int count) => Patience.UntilAsync(() => Volatile.Read(ref _held) >= count, $"{count} calls are held");

        public Task UntilLeftAsync(int count) => Patience.UntilAsync(() => Volatile.Read(ref _left) >= count, $"{count} callers have left");

        public ValueTask DisposeAsync() => _upstream.DisposeAsync();

        private async Task AnswerAsync(FakeExchange exchange)
        {
            Interlocked.Increment(ref _held);
            await using var left = exchange.Aborted.UnsafeRegister(_ => Interlocked.Increment(ref _left), null);
            await _released.Task;
            await exchange.TextAsync("released");
        }
    }
}
