using System.Text.Json;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.NativeTools;

/// <summary>A tool that runs in the gateway's own process.</summary>
internal abstract class NativeTool(Definition definition)
{
    public Definition Definition { get; } = definition;

    /// <summary>What the tool's author says of keeping its results.</summary>
    public CachingTraits Caching { get; protected init; } = CachingTraits.None;

    /// <summary>How the tool runs in a task; <see langword="null"/> for one that answers in the call.</summary>
    public RunsAsTaskAttribute? TaskOptions { get; protected init; }

    public abstract ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken);

    /// <summary>A tool as clients see it.</summary>
    /// <param name="json">Its entry in <c>tools/list</c>; the white space that is there for who reads the code is taken out.</param>
    /// <param name="category">Its category.</param>
    protected static Definition DefinitionOf(string json, string category)
    {
        using var document = JsonDocument.Parse(json, JsonDefaults.Document);
        using var compact = Utf8Buffer.Rent(json.Length);
        using (var writer = new Utf8JsonWriter(compact, JsonDefaults.Writer))
        {
            document.RootElement.WriteTo(writer);
        }

        return new Definition(document.RootElement.GetProperty("name"u8).GetString()!, compact.Span.ToArray(), category);
    }
}
