using McpHub.Bridging.Subscriptions;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Security.Permissions;

/// <summary>A server that answers everything that reaches it.</summary>
internal sealed class FakeSource(string name, FakeOffer offer) : ISubscribableSource
{
    public static ReadOnlySpan<byte> Answer => "{\"reached\":true}"u8;

    public string Name => name;

    public ServerOffer Offer { get; } = new()
    {
        Revision = Revisions.Latest,
        Features = ServerFeatures.Tools | ServerFeatures.Prompts | ServerFeatures.Resources | ServerFeatures.Completions | ServerFeatures.Subscriptions
            | ServerFeatures.Tasks,
        Instructions = offer.Instructions,
        Tools = Definitions(offer.Tools ?? [], "name"),
        Prompts = Definitions(offer.Prompts ?? [], "name"),
        Resources = Definitions(offer.Resources ?? [], "uri"),
        ResourceTemplates = Definitions(offer.ResourceTemplates, "uriTemplate"),
        Hints = new CacheHints(1000, IsPrivate: false),
    };

    public ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken) =>
        new(McpResult.Complete(Answer.ToArray()));

    public Task<Failure?> SubscribeAsync(string uri) => Task.FromResult<Failure?>(null);

    public void Unsubscribe(string uri)
    {
    }

    private static Definition[] Definitions(IReadOnlyList<string> json, string key) =>
        [.. json.Select(j => new Definition(System.Text.Json.JsonElement.Parse(j).GetProperty(key).GetString()!, System.Text.Encoding.UTF8.GetBytes(j)))];
}
