using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>A gateway with one good server behind it, shared by the tests of a class that only ask and look.</summary>
public sealed class EchoGateway : IAsyncLifetime
{
    internal const int RequestLimit = 1024 * 1024;

    internal FakeUpstream Upstream { get; private set; } = null!;

    internal GatewayHost Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Upstream = await FakeUpstream.StartAsync(Revision.V20260728, new FakeOffer
        {
            Tools =
            [
                """{"name":"echo","inputSchema":{"type":"object"}}""",
                """
                {"name":"query","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},
                "n":{"type":"integer","x-mcp-header":"N"},"dry":{"type":"boolean","x-mcp-header":"Dry"},
                "deep":{"type":"object","properties":{"leaf":{"type":"string","x-mcp-header":"Leaf"}}}}}}
                """,
            ],
            Prompts = ["""{"name":"plan"}"""],
            Resources = ["""{"uri":"file:///ä b","name":"r"}"""],
        });
        Upstream.On("prompts/get", x => x.ResultAsync("""{"resultType":"complete","messages":[]}"""));
        Upstream.On("resources/read", x => x.ResultAsync("""{"resultType":"complete","contents":[],"ttlMs":0,"cacheScope":"private"}"""));
        Gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Upstreams = [Upstream.Config("up")],
            Gateway = new GatewayConfig { Sizes = new SizesConfig { Request = RequestLimit } },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>Posts these bytes with these headers and no others.</summary>
    internal async Task<HttpAnswer> PostAsync(byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Gateway.Url) { Content = new ByteArrayContent(body) };
        if (!headers.Any(h => h.Name == "Content-Type"))
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Gateway.Http.SendAsync(request);
        return await HttpAnswer.ReadAsync(response);
    }

    internal Task<HttpAnswer> PostAsync(string body, params (string Name, string Value)[] headers) =>
        PostAsync(System.Text.Encoding.UTF8.GetBytes(body), headers);
}
