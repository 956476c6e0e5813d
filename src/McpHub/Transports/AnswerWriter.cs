using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Transports;

/// <summary>Writes the JSON-RPC response of a request.</summary>
internal static class AnswerWriter
{
    public static void Write(Utf8Buffer message, McpContext context, in McpResult result)
    {
        switch (result.Kind)
        {
            case McpResultKind.Result:
                McpMessages.WriteResult(message, context.Id, result.Json.Span);
                break;
            case McpResultKind.UpstreamError:
                McpMessages.WriteError(message, context.Id, result.Json.Span);
                break;
            case McpResultKind.Failure:
                McpMessages.WriteFailure(message, context.Id, result.Failure!, context.Revision == default ? Revisions.Latest : context.Revision);
                break;
            default:
                throw new InvalidOperationException("There is nothing to answer.");
        }
    }
}
