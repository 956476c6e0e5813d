using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Pipeline.Nested;

namespace McpHub.NativeTools;

/// <summary>A native tool that calls other tools on its caller's behalf, or asks its caller.</summary>
internal sealed class GatewayTool : NativeTool
{
    private readonly IGatewayTool _tool;
    private readonly NestedRuns _runs;

    public GatewayTool(IGatewayTool tool, NestedRuns runs)
        : base(DefinitionOf(tool.Definition, tool.Category) with { IsNesting = true })
    {
        _tool = tool;
        _runs = runs;
        Caching = CachingTraits.Never;
    }

    /// <summary>The tool as it is registered.</summary>
    public static NativeToolSet SetOf(IGatewayTool tool, NestedRuns runs) =>
        new(() => [new GatewayTool(tool, runs)]) { IsBuiltIn = true, IsOffered = tool.IsOffered };

    public override ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken) =>
        _runs.InvokeAsync(_tool, context, context.Entry!, cancellationToken);
}
