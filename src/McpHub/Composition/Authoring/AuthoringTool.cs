using System.Text.Json;
using McpHub.Configuration;
using McpHub.NativeTools;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Composition.Authoring;

/// <summary>A tool by which callers see to their compositions; there only where the configuration lets callers define any.</summary>
internal abstract class AuthoringTool : IGatewayTool
{
    public abstract string Definition { get; }

    public string Category => "hub";

    public bool IsOffered(GatewayConfig gateway) => gateway.CallerCompositions.Enabled;

    public abstract Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken);

    protected static NestedOutput Refuse(string text) => NestedOutput.Text(text, isError: true);

    /// <summary>A result as an object.</summary>
    /// <param name="write">Writes its members.</param>
    protected static NestedOutput Structured(Action<Utf8JsonWriter> write) => NestedOutput.Structured(writer =>
    {
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
    });

    /// <summary>The text of a required argument.</summary>
    protected static string? TextOf(NestedRun run, ReadOnlySpan<byte> name) =>
        JsonMembers.TryGet(run.Arguments.Span, name, out var json) ? JsonText.Decode(json) : null;
}
