using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Capabilities;

/// <summary>A server that lists some things only for clients with certain capabilities, and has them only for those.</summary>
internal static class DeclaringServer
{
    public const string Sampling = """{"sampling":{}}""";
    public const string Apps = """{"extensions":{"io.modelcontextprotocol/ui":{"mimeTypes":["text/html;profile=mcp-app"]}}}""";
    public const string View = """{"name":"view","inputSchema":{"type":"object"},"_meta":{"ui":{"resourceUri":"ui:\/\/w","visibility":["model","app"]},"x":1.0}}""";
    public const string Widget = """{"uri":"ui:\/\/w","name":"w","mimeType":"text/html;profile=mcp-app","_meta":{"ui":{"csp":{"connectDomains":[]}}}}""";
    public const string Contents = """{"uri":"ui:\/\/w","mimeType":"text/html;profile=mcp-app","text":"<p>\u00e4\/</p>","_meta":{"ui":{"prefersBorder":true}}}""";

    public static Task<FakeUpstream> StartAsync(Revision revision, FakeFlavour flavour = FakeFlavour.Streamable) => FakeUpstream.StartAsync(
        revision,
        Offer("plain"),
        flavour,
        setUp: server =>
        {
            server.HasGetStream = true;
            server.OfferBy = OfferBy;
            server.On("resources/read", x => x.ResultAsync(
                "{" + (revision.IsModern() ? "\"resultType\":\"complete\",\"ttlMs\":1,\"cacheScope\":\"public\"," : "") + "\"contents\":[" + Contents + "]}"));
        });

    public static FakeOffer Offer(params string[] tools) => FakeOffer.OfTools(tools) with { Resources = [], Prompts = [], HasSubscriptions = true };

    private static FakeOffer OfferBy(JsonElement declared)
    {
        var isApp = declared.TryGetProperty("extensions", out var extensions) && extensions.TryGetProperty("io.modelcontextprotocol/ui", out var ui)
            && ui.TryGetProperty("mimeTypes", out var types) && types.EnumerateArray().Any(t => t.GetString() == "text/html;profile=mcp-app");
        var offer = declared.TryGetProperty("sampling", out _) ? Offer("sample", "plain") : Offer("plain");
        return isApp ? offer with { Tools = [.. offer.Tools!, View], Resources = [Widget] } : offer;
    }
}
