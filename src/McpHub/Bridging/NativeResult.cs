using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>Turns what a native tool answered, written in the newest legacy revision, into the answer of the client's.</summary>
internal static class NativeResult
{
    /// <param name="context">The request.</param>
    /// <param name="result">The result object; owned by the answer from here.</param>
    /// <param name="isToolError">Whether the tool failed.</param>
    public static McpResult Complete(McpContext context, Utf8Buffer result, bool isToolError)
    {
        if (context.Revision == Revisions.LatestLegacy && context.Entry is { HasOpenOutput: false })
        {
            return McpResult.Complete(result, result.Memory, isToolError);
        }

        using (result)
        {
            return ResultTranslator.Rewrite(context, context.Entry!, Revisions.LatestLegacy, result.Span, isToolError);
        }
    }
}
