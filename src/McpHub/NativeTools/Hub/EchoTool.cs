using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.NativeTools.Hub;

/// <summary><c>hub_echo</c>: answers what it is given.</summary>
internal sealed class EchoTool : NativeTool
{
    public EchoTool()
        : base(DefinitionOf(
            """
            {
              "name": "hub_echo",
              "title": "Echo",
              "description": "Answers the message that it is given. Good for trying a connection out.",
              "inputSchema": {
                "type": "object",
                "properties": { "message": { "type": "string", "description": "The message to answer." } },
                "required": ["message"]
              },
              "annotations": { "title": "Echo", "readOnlyHint": true, "idempotentHint": true, "openWorldHint": false }
            }
            """,
            "hub")) => Caching = CachingTraits.Never;

    public override ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        string? message = null;
        var fault = "'message' is missing.";
        var members = new JsonMembers(context.Slice(context.Envelope.Arguments));
        while (members.MoveNext())
        {
            // The last one counts, as for any native tool.
            if (members.NameIs("message"u8))
            {
                message = JsonText.Decode(members.Value);
                fault = "'message' has the wrong type.";
            }
        }

        return new ValueTask<McpResult>(message is not null
            ? TextResult.Write(context, message, isError: false)
            : TextResult.Write(context, $"Invalid arguments for tool '{Definition.Key}': {fault}", isError: true));
    }
}
