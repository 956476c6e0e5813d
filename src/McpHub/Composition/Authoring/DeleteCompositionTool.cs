using McpHub.Pipeline.Nested;

namespace McpHub.Composition.Authoring;

/// <summary><c>hub_delete_composition</c>: takes one of the caller's own compositions away.</summary>
internal sealed class DeleteCompositionTool(CallerCompositions compositions) : AuthoringTool
{
    public override string Definition =>
        """
        {
          "name": "hub_delete_composition",
          "title": "Delete a composition",
          "description": "Deletes a composition that you have defined yourself.",
          "inputSchema": { "type": "object", "properties": { "name": { "type": "string", "description": "Its name." } }, "required": ["name"] },
          "annotations": { "readOnlyHint": false, "destructiveHint": true, "idempotentHint": true, "openWorldHint": false }
        }
        """;

    public override Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken) => Task.FromResult(Delete(run));

    private NestedOutput Delete(NestedRun run) => TextOf(run, "name"u8) is not { } name
        ? Refuse("Invalid arguments for tool 'hub_delete_composition': 'name' is missing, or no text.")
        : compositions.Delete(run.Caller, name)
            ? NestedOutput.Text($"The composition '{name}' is deleted.")
            : Refuse($"You have no composition '{name}'. hub_list_compositions lists yours.");
}
