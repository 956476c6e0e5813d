using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>Writes the result that asks a modern client for input (2026-07-28, "Multi round-trip requests").</summary>
internal static class InputRequiredResult
{
    public static McpResult Write(McpContext context, IEnumerable<InputRequest> requests, string requestState)
    {
        var buffer = Utf8Buffer.Rent();
        var result = new ObjectCopy(buffer);
        result.Member("resultType"u8, "\"input_required\""u8);
        result.Begin("inputRequests"u8);
        WriteRequests(buffer, requests);
        result.Begin("requestState"u8);
        JsonText.Write(buffer, requestState);
        ModernResult.WriteServerInfo(ref result, context.View.ServerInfo);
        result.End();
        return McpResult.Complete(buffer, buffer.Memory);
    }

    private static void WriteRequests(Utf8Buffer buffer, IEnumerable<InputRequest> requests)
    {
        var copy = new ObjectCopy(buffer);
        foreach (var request in requests)
        {
            copy.RawMember(JsonText.Encode(request.Key), []);
            var inner = new ObjectCopy(buffer);
            inner.Begin("method"u8);
            JsonText.Write(buffer, request.Method.Text());
            if (!request.Parameters.IsEmpty)
            {
                inner.Member("params"u8, request.Parameters.Span);
            }

            inner.End();
        }

        copy.End();
    }
}
