using System.Collections.Frozen;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.NativeTools;

/// <summary>The tools that run in the gateway's own process, as a source of the catalog.</summary>
internal sealed class NativeToolSource : ICatalogSource
{
    private readonly FrozenDictionary<string, NativeTool> _tools;

    public NativeToolSource(string name, IReadOnlyList<NativeTool> tools)
    {
        Name = name;
        _tools = tools.ToFrozenDictionary(t => t.Definition.Key);
        Offer = new ServerOffer { Revision = Revisions.Latest, Features = ServerFeatures.Tools, Tools = [.. tools.Select(t => t.Definition)] };
    }

    public string Name { get; }

    public ServerOffer Offer { get; }

    public ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken) =>
        _tools[entry.SourceName].InvokeAsync(context, cancellationToken);
}
