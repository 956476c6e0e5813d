using McpHub.ConformanceServer.Subscriptions;
using McpHub.ConformanceServer.Tasks;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Every tool of the fixture, in a fixed order.</summary>
internal sealed class ToolCatalog(SubscriptionHub hub, TaskStore tasks)
{
    /// <remarks>
    /// The first must be callable with <c>{}</c>: header validation is checked by calling whichever tool comes first. All tools
    /// are offered on every revision. The SDK turns the input requests of the modern tools into requests to the client where a
    /// session speaks a legacy revision, and the other way round, so each works in both eras.
    /// </remarks>
    private readonly FixtureTool[] _tools =
    [
        .. ContentTools.EachKind,
        StreamingTools.Progress,
        ContentTools.Failure,
        ContentTools.RichSchema,

        // What the suite asks for on the revisions up to 2025-11-25.
        StreamingTools.Logging,
        .. ClientRequestTools.All,
        StreamingTools.Reconnection,

        // What it asks for on 2026-07-28.
        .. DiagnosticTools.All,
        .. ChangeTools.ForLists(hub),
        DiagnosticTools.MirroredHeader,
        .. InputRequiredTools.All,
        .. TaskTools.All(tasks),

        // What the gateway's own tests need beyond the suite.
        .. ChangeTools.ForResources(hub),
    ];

    public FixtureTool? Find(string name) => Array.Find(_tools, tool => tool.Definition.Name == name);

    public ValueTask<ListToolsResult> ListAsync(RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken)
    {
        var result = new ListToolsResult { Tools = [.. _tools.Select(tool => tool.Definition)] };
        return ValueTask.FromResult(result.WithCacheHint(request));
    }

    /// <exception cref="McpProtocolException">There is no tool of that name.</exception>
    public ValueTask<ResultOrAlternate<CallToolResult>> CallAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        Find(request.Params.Name) is { } tool
            ? tool.Handler(request, cancellationToken)
            : throw new McpProtocolException($"Unknown tool '{request.Params.Name}'.", McpErrorCode.InvalidParams);
}
