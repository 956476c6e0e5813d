using McpHub.ConformanceServer.Resources;
using McpHub.ConformanceServer.Subscriptions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>
/// Tools that announce a change to whoever listens. The lists stay as they are: what is tested is that the news arrives.
/// </summary>
internal static class ChangeTools
{
    private const string UriSchema = """{"type":"object","properties":{"uri":{"type":"string"}},"additionalProperties":false}""";

    public static FixtureTool[] ForLists(SubscriptionHub hub) =>
    [
        new("test_trigger_tool_change", "Announces that the list of tools changed.", Announce(hub, Change.Tools)),
        new("test_trigger_prompt_change", "Announces that the list of prompts changed.", Announce(hub, Change.Prompts)),
    ];

    public static FixtureTool[] ForResources(SubscriptionHub hub) =>
    [
        new("test_trigger_resource_change", "Announces that the list of resources changed.", Announce(hub, Change.Resources)),
        new("test_trigger_resource_update", "Announces that one resource changed; the watched one unless a uri is given.",
            async (request, cancellationToken) =>
            {
                var uri = request.Params.Arguments?.TryGetValue("uri", out var given) is true
                    ? given.GetString()!
                    : ResourceCatalog.WatchedUri;
                await hub.PublishAsync(Change.Resource(uri), cancellationToken);
                return ToolOutput.Text("Announced notifications/resources/updated.");
            },
            UriSchema),
    ];

    private static McpRequestHandler<CallToolRequestParams, CallToolResult> Announce(SubscriptionHub hub, Change change) =>
        async (_, cancellationToken) =>
        {
            await hub.PublishAsync(change, cancellationToken);
            return ToolOutput.Text($"Announced {change.Method}.");
        };
}
