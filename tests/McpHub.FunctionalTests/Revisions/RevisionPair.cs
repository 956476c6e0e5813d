using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Revisions;

/// <summary>A client of one revision before a gateway, and a server of another behind it.</summary>
internal sealed class RevisionPair : IAsyncDisposable
{
    private RevisionPair(Revision client, Revision server)
    {
        ClientRevision = client;
        ServerRevision = server;
    }

    /// <summary>All of them: client and server.</summary>
    public static TheoryData<string, string> All { get; } = Pairs((_, _) => true);

    /// <summary>Those with a server of 2026-07-28.</summary>
    public static TheoryData<string, string> ModernServers { get; } = Pairs((_, server) => server.IsModern());

    /// <summary>Those with a client of the legacy era.</summary>
    public static TheoryData<string, string> LegacyClients { get; } = Pairs((client, _) => !client.IsModern());

    public Revision ClientRevision { get; }

    public Revision ServerRevision { get; }

    public FakeUpstream Server { get; private set; } = null!;

    public GatewayHost Gateway { get; private set; } = null!;

    public McpClient Client { get; private set; } = null!;

    /// <summary>Whether the answer has to come through as the server wrote it, byte for byte.</summary>
    public bool IsVerbatim => ClientRevision == ServerRevision || (ServerRevision < ClientRevision && !ClientRevision.IsModern());

    public static async Task<RevisionPair> StartAsync(string client, string server, FakeOffer? offer = null, Action<FakeUpstream>? setUp = null, int pageSize = 1000)
    {
        Assert.True(Protocol.Revisions.TryParse(client, out var clientRevision));
        Assert.True(Protocol.Revisions.TryParse(server, out var serverRevision));
        var pair = new RevisionPair(clientRevision, serverRevision)
        {
            Server = await FakeUpstream.StartAsync(serverRevision, offer, setUp: setUp),
        };
        pair.Gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Upstreams = [pair.Server.Config("s")],
            Gateway = new GatewayConfig { BuiltInTools = false, PageSize = pageSize },
        });
        pair.Client = await McpClient.ConnectAsync(pair.Gateway, clientRevision, capabilities: """{"roots":{"listChanged":true},"sampling":{}}""");
        return pair;
    }

    /// <summary>Whether the client's revision is at least this one.</summary>
    public bool ClientHas(Revision revision) => ClientRevision >= revision;

    /// <summary>Whatever was sent: the server was spoken to in its own revision, one message at a time, and saw nothing of the client's HTTP.</summary>
    public void AssertServerWasSpokenToWell()
    {
        foreach (var request in Server.Requests.Where(r => r.HttpMethod == "POST" && r.Method != "server/discover"))
        {
            Assert.StartsWith("{", request.Body, StringComparison.Ordinal);
            Assert.Equal("application/json, text/event-stream", request.Header("Accept"));
            Assert.Null(request.Header("Authorization"));
            Assert.Null(request.Header("Cookie"));
            Assert.Null(request.Header("Origin"));
            Assert.Null(request.Header("traceparent"));
            Assert.Null(request.Header("Last-Event-ID"));
            if (ServerRevision.IsModern())
            {
                AssertModern(request);
            }
            else
            {
                AssertLegacy(request);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Assert.Empty(Gateway.Log.Faults);
        await Server.DisposeAsync();
    }

    private static void AssertModern(FakeRequest request)
    {
        Assert.Equal("2026-07-28", request.Header("MCP-Protocol-Version"));
        Assert.Equal(request.Method, request.Header("Mcp-Method"));
        Assert.Null(request.Header("Mcp-Session-Id"));
        Assert.Equal("2026-07-28", request.Meta("io.modelcontextprotocol/protocolVersion").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Object, request.Meta("io.modelcontextprotocol/clientCapabilities").ValueKind);
        Assert.NotEqual("initialize", request.Method);
    }

    private void AssertLegacy(FakeRequest request)
    {
        Assert.Null(request.Header("Mcp-Method"));
        Assert.Null(request.Header("Mcp-Name"));
        Assert.DoesNotContain("\"io.modelcontextprotocol/protocolVersion", request.Body, StringComparison.Ordinal);
        if (request.Method != "initialize")
        {
            // What a client declares there may be an extension.
            Assert.DoesNotContain("io.modelcontextprotocol/", request.Body, StringComparison.Ordinal);
            Assert.NotNull(request.Header("Mcp-Session-Id"));
            Assert.Equal(ServerRevision >= Revision.V20250618 ? ServerRevision.Text() : null, request.Header("MCP-Protocol-Version"));
        }
    }

    private static TheoryData<string, string> Pairs(Func<Revision, Revision, bool> predicate)
    {
        var data = new TheoryData<string, string>();
        foreach (var client in Protocol.Revisions.All)
        {
            foreach (var server in Protocol.Revisions.All.Where(s => predicate(client, s)))
            {
                data.Add(client.Text(), server.Text());
            }
        }

        return data;
    }
}
