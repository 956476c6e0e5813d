using System.Text.Json.Nodes;
using McpHub.ConformanceServer.Prompts;
using McpHub.ConformanceServer.Resources;
using McpHub.ConformanceServer.Subscriptions;
using McpHub.ConformanceServer.Tasks;
using McpHub.ConformanceServer.Tools;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer;

/// <summary>
/// What the fixture server offers, whatever the transport: one instance serves every session and request of a process.
/// </summary>
/// <remarks>
/// The plain handlers are used rather than the SDK's collections of primitives, because those do not keep an order and the
/// suite calls the first tool and reads the first resource of the lists.
/// </remarks>
internal sealed class FixtureServer
{
    private readonly SubscriptionHub _subscriptions;
    private readonly ToolCatalog _tools;
    private readonly TasksExtension _tasks;

    /// <param name="stopping">Ends the open listen streams, so that no client has to be cut off.</param>
    public FixtureServer(CancellationToken stopping = default)
    {
        _subscriptions = new SubscriptionHub(stopping);
        var tasks = new TaskStore(_subscriptions);
        _tasks = new TasksExtension(tasks);
        _tools = new ToolCatalog(_subscriptions, tasks);
    }

    /// <summary>The definition of a tool, for the checks that need its schema; null when there is none of that name.</summary>
    public Tool? FindTool(string name) => _tools.Find(name)?.Definition;

    /// <summary>Starts to serve what <paramref name="transport"/> brings.</summary>
    public FixtureSession Start(ITransport transport)
    {
        var subscriber = new LegacySubscriber();
        return new FixtureSession(McpServer.Create(transport, CreateOptions(subscriber)), subscriber, _subscriptions);
    }

    private McpServerOptions CreateOptions(LegacySubscriber subscriber) => new()
    {
        ServerInfo = new Implementation { Name = "mcphub-conformance-fixture", Version = "1.0.0" },
        ServerInstructions = "Fixtures of the MCP conformance suite.",
        Capabilities = new ServerCapabilities
        {
            Tools = new ToolsCapability { ListChanged = true },
            Prompts = new PromptsCapability { ListChanged = true },
            Resources = new ResourcesCapability { ListChanged = true, Subscribe = true },
            Logging = new LoggingCapability(),
            Completions = new CompletionsCapability(),
        },
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = _tools.ListAsync,
            CallToolWithAlternateHandler = _tools.CallAsync,
            ListPromptsHandler = PromptCatalog.ListAsync,
            GetPromptHandler = PromptCatalog.GetAsync,
            CompleteHandler = PromptCatalog.CompleteAsync,
            ListResourcesHandler = ResourceCatalog.ListAsync,
            ListResourceTemplatesHandler = ResourceCatalog.ListTemplatesAsync,
            ReadResourceHandler = ResourceCatalog.ReadAsync,
            SubscribeToResourcesHandler = subscriber.SubscribeAsync,
            UnsubscribeFromResourcesHandler = subscriber.UnsubscribeAsync,
            SubscriptionsListenHandler = _subscriptions.ListenAsync,
        },
        RequestHandlers = _tasks.Handlers,
        Filters = new McpServerFilters { Message = new McpMessageFilters { OutgoingFilters = [Declare] } },
    };

    /// <remarks>
    /// The SDK leaves logging out of what <c>server/discover</c> declares, but the fixture logs to modern clients that ask for it.
    /// Tasks are an extension of the modern revision, so the handshake of the others must not name them.
    /// </remarks>
    private static McpMessageHandler Declare(McpMessageHandler next) => (context, cancellationToken) =>
    {
        if (context.JsonRpcMessage is JsonRpcResponse { Result: JsonObject result }
            && result.ContainsKey("supportedVersions")
            && result["capabilities"] is JsonObject capabilities)
        {
            capabilities.TryAdd("logging", new JsonObject());
            capabilities.TryAdd("extensions", new JsonObject { [TasksExtension.Id] = new JsonObject() });
        }

        return next(context, cancellationToken);
    };
}
