using System.Collections.Frozen;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Composition.Definitions;
using McpHub.Pipeline;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Composition;

/// <summary>The compositions, as a source of the catalog. Immutable; a change makes another.</summary>
internal sealed class CompositionSource : ICatalogSource
{
    /// <summary>The category of those that name no other, and of all that callers define.</summary>
    public const string Category = "compositions";

    private readonly FrozenDictionary<string, CompositionTool> _tools;
    private readonly NestedRuns _runs;

    /// <param name="tools">The compositions, with the keys of their authors; <see langword="null"/> for those of the configuration.</param>
    /// <param name="isShared">Whether others see what is of one author.</param>
    /// <param name="annotations">What each says of its effects.</param>
    /// <param name="runs">Runs them.</param>
    /// <param name="origin">What all sources of one gateway have in common.</param>
    public CompositionSource(
        IReadOnlyList<(CompositionTool Tool, string? Owner)> tools, bool isShared, IReadOnlyList<ToolAnnotations> annotations, NestedRuns runs, object origin)
    {
        _runs = runs;
        Origin = origin;
        _tools = tools.ToFrozenDictionary(t => t.Tool.Plan.Definition.Name, t => t.Tool);
        Offer = new ServerOffer
        {
            Revision = Revisions.Latest,
            Features = ServerFeatures.Tools,
            Tools = [.. tools.Zip(annotations, (t, a) => Describe(t.Tool.Plan, a, isOfCaller: t.Owner is not null) with { IsNesting = true, Owner = isShared ? null : t.Owner, YieldsName = t.Owner is not null })],
        };
    }

    /// <summary>They run in the gateway itself, as native tools do.</summary>
    public string Name => "native";

    /// <summary>No server is called so: a name has no slash.</summary>
    public string Key => "/compositions";

    public object Origin { get; }

    public ServerOffer Offer { get; }

    public ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        // Each step has a deadline of its own; the whole has all the time that its tier doesn't bound.
        if (context.TierTimeout is { } timeout)
        {
            context.StartDeadline(timeout);
        }

        return _runs.InvokeAsync(_tools[entry.SourceName], context, entry, cancellationToken);
    }

    private static Definition Describe(CompositionPlan plan, ToolAnnotations annotations, bool isOfCaller)
    {
        using var buffer = Utf8Buffer.Rent();
        using (var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer))
        {
            var definition = plan.Definition;
            writer.WriteStartObject();
            writer.WriteString("name"u8, definition.Name);
            if (definition.Title is not null)
            {
                writer.WriteString("title"u8, definition.Title);
            }

            writer.WriteString("description"u8, definition.Description);
            writer.WritePropertyName("inputSchema"u8);
            writer.WriteRawValue(definition.InputSchema, skipInputValidation: true);
            if (definition.OutputSchema is not null)
            {
                writer.WritePropertyName("outputSchema"u8);
                writer.WriteRawValue(definition.OutputSchema, skipInputValidation: true);
            }

            writer.WritePropertyName("annotations"u8);
            DerivedAnnotations.Write(writer, plan, annotations);
            writer.WriteEndObject();
        }

        // Policy and limits go by these, so that they are not for a caller to choose: neither in a new definition, nor in one that was kept.
        return isOfCaller
            ? new Definition(plan.Definition.Name, buffer.Span.ToArray(), Category)
            : new Definition(plan.Definition.Name, buffer.Span.ToArray(), plan.Definition.Category ?? Category, plan.Definition.Tags);
    }
}
