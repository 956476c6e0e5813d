using System.Text.Json;
using System.Text.Json.Serialization;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.NativeTools.Hub;

/// <summary>A tool that tells something of the gateway itself, without arguments.</summary>
/// <typeparam name="T">What it tells. Members are written in camel case; what is <see langword="null"/> is left out.</typeparam>
internal abstract class ReportTool<T> : NativeTool
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JsonText.Encoder,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    protected ReportTool(string definition)
        : base(DefinitionOf(definition, "hub")) => Caching = CachingTraits.Never;

    public sealed override ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        var report = Report(context.View);
        using var output = NestedOutput.Structured(writer => JsonSerializer.Serialize(writer, report, Options));
        return new ValueTask<McpResult>(output.Write(context));
    }

    /// <param name="view">What the caller sees of the catalog.</param>
    protected abstract T Report(CatalogView view);
}
