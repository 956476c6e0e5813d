using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace McpHub.Streaming;

/// <summary>The stream tools as clients see them.</summary>
internal static class StreamToolDefinitions
{
    public const string Category = "streaming";

    /// <summary>What is said of a stream that is another caller's, too.</summary>
    public const string Unknown = "There is no such stream, or its time is over.";

    private const string Page =
        """
        {
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
        }
        """;

    public static Tool Start { get; } = new()
    {
        Name = "hub_stream_start",
        Title = "Start a stream",
        Description = "Calls a tool in the background and gives the id of a stream of its partial results. Read it with hub_stream_read until it is done.",
        InputSchema = JsonElement.Parse(
            """
            {
              "type": "object",
              "properties": {
                "tool": { "type": "string", "description": "The name of the tool." },
                "arguments": { "type": "object", "description": "Its arguments. {} by default." },
                "priority": { "type": "integer", "minimum": 0, "maximum": 9, "description": "Where streams wait for a place, a higher one starts first. 5 by default." }
              },
              "required": ["tool"]
            }
            """),
        OutputSchema = JsonElement.Parse(
            """{ "type": "object", "properties": { "stream_id": { "type": "string" } }, "required": ["stream_id"] }"""),
        Annotations = new ToolAnnotations { ReadOnlyHint = false, OpenWorldHint = true },
    };

    public static Tool Read { get; } = new()
    {
        Name = "hub_stream_read",
        Title = "Read a stream",
        Description = "Gives the next parts of a stream, and its result at the end. Reading from an offset acknowledges the parts before it: they are forgotten.",
        InputSchema = JsonElement.Parse(
            """
            {
              "type": "object",
              "properties": {
                "stream_id": { "type": "string", "description": "The id that hub_stream_start gave." },
                "offset": { "type": "integer", "minimum": 0, "description": "The number of the first part that is wanted: 'next_offset' of the last page. Without it, the first part that is kept; nothing is acknowledged then." },
                "max_bytes": { "type": "integer", "minimum": 1, "maximum": 4194304, "description": "The most bytes of parts; one part is given in any case. 65536 by default." },
                "wait_ms": { "type": "integer", "minimum": 0, "maximum": 60000, "description": "How long to wait where there is no part yet. 5000 by default." }
              },
              "required": ["stream_id"]
            }
            """),
        OutputSchema = JsonElement.Parse(Page),
        Annotations = new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
    };

    public static Tool Cancel { get; } = new()
    {
        Name = "hub_stream_cancel",
        Title = "Cancel a stream",
        Description = "Cancels the tool of a stream and forgets what was not read. A stream that has ended is forgotten.",
        InputSchema = JsonElement.Parse(
            """
            {
              "type": "object",
              "properties": { "stream_id": { "type": "string", "description": "The id that hub_stream_start gave." } },
              "required": ["stream_id"]
            }
            """),
        OutputSchema = JsonElement.Parse(
            """{ "type": "object", "properties": { "was_running": { "type": "boolean" } }, "required": ["was_running"] }"""),
        Annotations = new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = true, IdempotentHint = true, OpenWorldHint = false },
    };
}
