namespace McpHub.Streaming;

/// <summary>The stream tools as clients see them.</summary>
internal static class StreamToolDefinitions
{
    public const string Category = "streaming";

    /// <summary>What is said of a stream that is another caller's, too.</summary>
    public const string Unknown = "There is no such stream, or its time is over.";

    public const string Start =
        """
        {
          "name": "hub_stream_start",
          "title": "Start a stream",
          "description": "Calls a tool in the background and gives the id of a stream of its partial results. Read it with hub_stream_read until it is done.",
          "inputSchema": {
            "type": "object",
            "properties": {
              "tool": { "type": "string", "description": "The name of the tool." },
              "arguments": { "type": "object", "description": "Its arguments. {} by default." },
              "priority": { "type": "integer", "minimum": 0, "maximum": 9, "description": "Where streams wait for a place, a higher one starts first. 5 by default." }
            },
            "required": ["tool"]
          },
          "outputSchema": { "type": "object", "properties": { "stream_id": { "type": "string" } }, "required": ["stream_id"] },
          "annotations": { "readOnlyHint": false, "openWorldHint": true }
        }
        """;

    public const string Read =
        """
        {
          "name": "hub_stream_read",
          "title": "Read a stream",
          "description": "Gives the next parts of a stream, and its result at the end. Reading from an offset acknowledges the parts before it: they are forgotten.",
          "inputSchema": {
            "type": "object",
            "properties": {
              "stream_id": { "type": "string", "description": "The id that hub_stream_start gave." },
              "offset": { "type": "integer", "minimum": 0, "description": "The number of the first part that is wanted: 'next_offset' of the last page. Without it, the first part that is kept; nothing is acknowledged then." },
              "max_bytes": { "type": "integer", "minimum": 1, "maximum": 4194304, "description": "The most bytes of parts; one part is given in any case. 65536 by default." },
              "wait_ms": { "type": "integer", "minimum": 0, "maximum": 60000, "description": "How long to wait where there is no part yet. 5000 by default." }
            },
            "required": ["stream_id"]
          },
          "outputSchema": {
            "type": "object",
            "properties": {
              "stream_id": { "type": "string" },
              "status": { "type": "string", "enum": ["running", "completed", "failed", "cancelled"] },
              "offset": { "type": "integer", "description": "The number of the first part in 'parts'." },
              "next_offset": { "type": "integer", "description": "Read from here next; that acknowledges what was read." },
              "done": { "type": "boolean", "description": "Whether nothing comes after this." },
              "parts": {
                "type": "array",
                "items": {
                  "type": "object",
                  "properties": {
                    "text": { "type": "string" },
                    "data": { "description": "A structured part." },
                    "progress": { "type": "number" },
                    "total": { "type": "number" }
                  }
                }
              },
              "result": { "type": "object", "description": "The tool's result, when 'done'." },
              "error": {
                "type": "object",
                "description": "Why there is no result, when 'done'.",
                "properties": { "code": { "type": "integer" }, "message": { "type": "string" } },
                "required": ["code", "message"]
              }
            },
            "required": ["stream_id", "status", "offset", "next_offset", "done", "parts"]
          },
          "annotations": { "readOnlyHint": false, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false }
        }
        """;

    public const string Cancel =
        """
        {
          "name": "hub_stream_cancel",
          "title": "Cancel a stream",
          "description": "Cancels the tool of a stream and forgets what was not read. A stream that has ended is forgotten.",
          "inputSchema": {
            "type": "object",
            "properties": { "stream_id": { "type": "string", "description": "The id that hub_stream_start gave." } },
            "required": ["stream_id"]
          },
          "outputSchema": { "type": "object", "properties": { "was_running": { "type": "boolean" } }, "required": ["was_running"] },
          "annotations": { "readOnlyHint": false, "destructiveHint": true, "idempotentHint": true, "openWorldHint": false }
        }
        """;
}
