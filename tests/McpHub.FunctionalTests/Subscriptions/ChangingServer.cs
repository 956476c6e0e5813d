using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>A server of one kind, named <c>s</c>, that tells of changes when a test wants it to.</summary>
internal sealed class ChangingServer : IAsyncDisposable
{
    public const string Watched = "test://watched-resource";

    private FakeUpstream? _fake;

    private ChangingServer(UpstreamConfig config) => Config = config;

    public static FakeOffer Offer { get; } = new()
    {
        Tools = ["""{"name":"echo","inputSchema":{"type":"object"}}"""],
        Prompts = ["""{"name":"plan"}"""],
        Resources = ["{\"uri\":\"" + Watched + "\",\"name\":\"w\"}", """{"uri":"test://other","name":"o"}"""],
        HasSubscriptions = true,
    };

    public UpstreamConfig Config { get; }

    public static async Task<ChangingServer> StartAsync(ServerKind kind)
    {
        if (kind is ServerKind.ModernStdio or ServerKind.LegacyStdio)
        {
            return new ChangingServer(new UpstreamConfig
            {
                Name = "s",
                Transport = new StdioTransportConfig
                {
                    Command = "dotnet",
                    Args = [BuiltPrograms.ConformanceServer, "--stdio", "--era", kind == ServerKind.ModernStdio ? "modern" : "legacy"],
                },
            });
        }

        var fake = kind switch
        {
            ServerKind.ModernHttp => await FakeUpstream.StartAsync(Revision.V20260728, Offer),
            ServerKind.LegacyHttp => await FakeUpstream.StartAsync(Revision.V20250618, Offer, setUp: f => f.HasGetStream = true),
            _ => await FakeUpstream.StartAsync(Revision.V20241105, Offer, FakeFlavour.Sse),
        };
        return new ChangingServer(fake.Config("s")) { _fake = fake };
    }

    /// <summary>Waits until the server can be heard.</summary>
    public Task UntilHeardAsync() => _fake?.UntilHeardAsync() ?? Task.CompletedTask;

    /// <summary>Has the server tell of a change.</summary>
    /// <param name="gateway">The gateway that it stands behind.</param>
    /// <param name="method">The notification.</param>
    public async Task TellAsync(GatewayHost gateway, string method)
    {
        if (_fake is { } fake)
        {
            await fake.Subscriptions.TellAsync(method, method.EndsWith("updated", StringComparison.Ordinal) ? Watched : null);
            return;
        }

        // The gateway listens to a modern server a moment after it has become ready; what is said before, nobody hears.
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        var tool = method switch
        {
            "notifications/tools/list_changed" => "s_test_trigger_tool_change",
            "notifications/prompts/list_changed" => "s_test_trigger_prompt_change",
            "notifications/resources/list_changed" => "s_test_trigger_resource_change",
            _ => "s_test_trigger_resource_update",
        };
        Assert.Equal(0, (await client.CallAsync(tool)).Code);
    }

    public async ValueTask DisposeAsync()
    {
        if (_fake is not null)
        {
            await _fake.DisposeAsync();
        }
    }
}
