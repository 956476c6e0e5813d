using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>What a request that is sent again carries beside its parameters.</summary>
/// <param name="Responses">The <c>inputResponses</c> object; empty for none.</param>
/// <param name="State">The <c>requestState</c> as JSON with its quotes, exactly as the server gave it; empty for none.</param>
internal sealed record InputRetry(ReadOnlyMemory<byte> Responses, ReadOnlyMemory<byte> State)
{
    /// <summary>Whether these can be <c>inputResponses</c>: an object, or nothing.</summary>
    public static bool AreResponses(ReadOnlySpan<byte> json) => json.IsEmpty || json[0] == (byte)'{';

    /// <summary>The <c>inputResponses</c> that a request brings; empty for none.</summary>
    public static ReadOnlyMemory<byte> ResponsesIn(McpContext context)
    {
        var parameters = context.Envelope.Params.Of(context.Message);
        var members = new JsonMembers(parameters.Span);
        while (members.MoveNext())
        {
            if (members.NameIs("inputResponses"u8))
            {
                return members.ValueSlice.Of(parameters);
            }
        }

        return default;
    }

    /// <summary>What a client is told whose responses are none.</summary>
    public static McpResult BadResponses() => McpResult.Fail(
        FailureKind.InvalidParams, "Invalid params: 'params.inputResponses' is not an object. The call still waits for it.");

    /// <summary>What a client is told whose state is not, or no longer, good for its request.</summary>
    public static McpResult BadState() => McpResult.Fail(
        FailureKind.InvalidParams, "Invalid params: 'params.requestState' is not valid for this request, has expired, or was used before. Nothing has run; begin again without it.");
}
