using McpHub.Pipeline.Nested;

namespace McpHub.Composition.Authoring;

/// <summary><c>hub_list_compositions</c>: the caller's own compositions with their definitions.</summary>
internal sealed class ListCompositionsTool(CallerCompositions compositions) : AuthoringTool
{
    public override string Definition =>
        """
        {
          "name": "hub_list_compositions",
          "title": "List compositions",
          "description": "Lists the compositions that you have defined yourself, with their definitions, and whether each is a tool now.",
          "inputSchema": { "type": "object", "properties": {} },
          "annotations": { "readOnlyHint": true, "idempotentHint": true, "openWorldHint": false }
        }
        """;

    public override Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken) => Task.FromResult(Structured(writer =>
    {
        writer.WriteStartArray("compositions"u8);
        foreach (var composition in compositions.All.Where(c => c.Owner == run.Caller.Key))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, composition.Name);

            // A server may have come since with a tool by this name: then that is called.
            writer.WriteBoolean("isListed"u8, run.View.FindTool(Protocol.JsonText.Encode(composition.Name)) is { IsNesting: true, Category: not "hub" });
            writer.WritePropertyName("definition"u8);
            writer.WriteRawValue(composition.Json, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }));
}
