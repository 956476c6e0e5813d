using System.Globalization;

namespace McpHub.Batching;

/// <summary>How <c>hub_batch</c> is listed.</summary>
internal static class BatchDefinition
{
    public const string Name = "hub_batch";

    // The annotations: what it does is what the tools do that it calls.
    public static string Json => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {
          "name": "{{Name}}",
          "title": "Batch",
          "description": "Makes many tool calls with one request, side by side or one after the other, each as the caller's own. Every request gets exactly one entry, in results if its tool succeeded and in errors if not; one that fails doesn't fail the others. Requests can wait for others (depends_on). Equal requests of tools that are safe to repeat are done once.",
          "inputSchema": {
            "type": "object",
            "properties": {
              "requests": {
                "type": "array",
                "minItems": 1,
                "description": "The calls.",
                "items": {
                  "type": "object",
                  "properties": {
                    "id": { "type": "string", "minLength": 1, "maxLength": {{BatchItem.LongestId}}, "description": "A name of your own, another for each request." },
                    "tool_name": { "type": "string", "minLength": 1, "description": "The tool, as tools/list names it." },
                    "params": { "type": "object", "description": "The tool's arguments." },
                    "priority": { "type": "integer", "minimum": {{BatchItem.LeastPriority}}, "maximum": {{BatchItem.MostPriority}}, "default": 0, "description": "Higher is sooner, where calls have to wait. Below 0 there is no hurry at all." },
                    "depends_on": { "type": "array", "items": { "type": "string" }, "description": "The ids of requests that have to have succeeded before." }
                  },
                  "required": ["id", "tool_name"]
                }
              },
              "mode": { "type": "string", "enum": ["parallel", "sequential"], "default": "parallel", "description": "sequential runs one request after the other, in their order." },
              "stop_on_error": { "type": "boolean", "default": false, "description": "Begins nothing more once a request has failed." },
              "timeout_ms": { "type": "integer", "minimum": 1, "description": "For the whole batch; what has not ended by then is an error of its own." }
            },
            "required": ["requests"]
          },
          "outputSchema": {
            "type": "object",
            "properties": {
              "results": {
                "type": "array",
                "description": "The requests that succeeded, in their order.",
                "items": {
                  "type": "object",
                  "properties": {
                    "index": { "type": "integer", "description": "Its place among the requests, from 0." },
                    "id": { "type": ["string", "null"] },
                    "duration_ms": { "type": "number", "description": "How long the call took, without the wait for its turn." },
                    "cached": { "type": "boolean", "description": "Whether the result was known already." },
                    "same_as": { "type": "string", "description": "The id of the equal request whose call this is the result of." },
                    "result": { "type": "object", "description": "The tool's result." }
                  },
                  "required": ["index", "id", "duration_ms", "cached", "result"]
                }
              },
              "errors": {
                "type": "array",
                "description": "The requests that did not, in their order.",
                "items": {
                  "type": "object",
                  "properties": {
                    "index": { "type": "integer" },
                    "id": { "type": ["string", "null"] },
                    "duration_ms": { "type": "number" },
                    "cached": { "type": "boolean" },
                    "same_as": { "type": "string" },
                    "status": { "type": "string", "enum": ["tool_error", "failed", "invalid", "skipped", "timed_out", "cancelled"] },
                    "code": { "type": "integer", "description": "The JSON-RPC code that the call was answered with." },
                    "message": { "type": "string" },
                    "data": {},
                    "result": { "type": "object", "description": "The tool's result, where the tool itself says that it failed." }
                  },
                  "required": ["index", "id", "duration_ms", "cached", "status", "message"]
                }
              },
              "total": { "type": "integer", "description": "How many requests there were." }
            },
            "required": ["results", "errors", "total"]
          },
          "annotations": { "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false, "openWorldHint": true }
        }
        """);
}
