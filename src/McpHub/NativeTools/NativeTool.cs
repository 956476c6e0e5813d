using System.Text.Json;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.NativeTools;

/// <summary>A tool that runs in the gateway's own process.</summary>
internal abstract class NativeTool(Definition definition)
{
    public Definition Definition { get; } = definition;

    /// <summary>Whether the tool is there under a configuration.</summary>
    public Func<GatewayConfig, bool> IsOffered { get; protected init; } = static _ => true;

    /// <summary>Whether the tool is one of the gateway's own, which the configuration can switch off.</summary>
    public bool IsBuiltIn { get; protected init; }

    /// <summary>What the tool's author says of keeping its results.</summary>
    public CachingTraits Caching { get; protected init; } = CachingTraits.None;

    /// <summary>How the tool runs in a task; <see langword="null"/> for one that answers in the call.</summary>
    public RunsAsTaskAttribute? TaskOptions { get; protected init; }

    public abstract ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken);

    /// <summary>A tool as clients see it.</summary>
    protected static Definition DefinitionOf(Tool tool, string category, IReadOnlyList<string>? tags) => new(
        tool.Name, JsonSerializer.SerializeToUtf8Bytes(tool, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool))), category, tags);
}
