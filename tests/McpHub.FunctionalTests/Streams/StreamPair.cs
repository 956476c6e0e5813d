using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Streams;

/// <summary>A session's client before a gateway, and a server behind it whose tools a test scripts.</summary>
internal sealed class StreamPair : IAsyncDisposable
{
    private StreamPair(FakeUpstream server, GatewayHost gateway)
    {
        Server = server;
        Gateway = gateway;
    }

    public FakeUpstream Server { get; }

    public GatewayHost Gateway { get; }

    public McpClient Client { get; private set; } = null!;

    /// <summary>The gateway's side of the client's session.</summary>
    public ClientSession Session => Gateway.Sessions.Find(Client.SessionId!, "", Caller.Anonymous) ?? throw new InvalidOperationException("There is no session.");

    public static async Task<StreamPair> StartAsync(
        Revision client, Action<FakeUpstream> setUp, Revision server = Revision.V20251125, TimeProvider? time = null, Func<UpstreamConfig, UpstreamConfig>? configure = null)
    {
        var offer = new FakeOffer { Tools = [Tool("work"), Tool("echo")], HasLogging = true };
        var upstream = await FakeUpstream.StartAsync(server, offer, setUp: setUp);
        var config = upstream.Config("s");
        var gateway = await GatewayHost.StartAsync(new HubConfig { Upstreams = [configure?.Invoke(config) ?? config] }, time);
        var pair = new StreamPair(upstream, gateway);
        pair.Client = await McpClient.ConnectAsync(gateway, client);
        return pair;
    }

    /// <summary>A call of a tool that wants progress.</summary>
    public HttpRequestMessage Call(string tool = "s_work", string id = "7") =>
        Client.Request("tools/call", Rpc.Call(tool), """ "progressToken":"p" """.Trim(), id);

    /// <summary>Sends a message that belongs to no request.</summary>
    public bool Tell(string method)
    {
        var message = Utf8Buffer.Rent();
        message.Write(System.Text.Encoding.UTF8.GetBytes(Rpc.Notification(method)));
        return Session.Unsolicited.TrySend(message);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Assert.Empty(Gateway.Log.Faults);
        await Server.DisposeAsync();
    }

    /// <summary>Sends progress of the call.</summary>
    public static Task ProgressAsync(FakeExchange x, int value) => x.SendAsync(ProgressMessage(x, value));

    public static string ProgressMessage(FakeExchange x, int value) => Rpc.Notification(
        "notifications/progress", "{\"progressToken\":" + x.Request.Meta("progressToken").GetRawText() + ",\"progress\":" + value + "}");

    private static string Tool(string name) => "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\"}}";
}
