using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>The errors and answers that a server gets instead of the client's.</summary>
internal static class InputRefusal
{
    /// <summary>The client never said that it can be asked this.</summary>
    public static ClientAnswer NotDeclared(McpMethod method) =>
        Unasked(CodeOf(method), $"The client does not support this kind of '{method.Text()}'.");

    /// <summary>Nobody can be asked: no call is running, or more than one that it may belong to.</summary>
    public static ClientAnswer NoOwner(McpMethod method) =>
        Unasked(CodeOf(method), $"There is no client that this '{method.Text()}' can be for.");

    /// <summary>The client has declared it, and reads no stream on which it could be asked.</summary>
    public static ClientAnswer Unreachable(McpMethod method) =>
        Unasked(McpErrorCodes.InternalError, $"The client cannot be reached with '{method.Text()}': it does not accept an event stream for its request.");

    /// <summary>The client has had its time. For an elicitation that is a regular answer; a refused sampling has a code of its own.</summary>
    public static ClientAnswer NoAnswer(McpMethod method) => method == McpMethod.Elicit
        ? new ClientAnswer("""{"action":"cancel"}"""u8.ToArray(), IsError: false)
        : Error(-1, "The client did not answer.");

    private static int CodeOf(McpMethod method) => method == McpMethod.ListRoots ? McpErrorCodes.MethodNotFound : McpErrorCodes.InvalidParams;

    private static ClientAnswer Unasked(int code, string message) => Error(code, message) with { WasAsked = false };

    private static ClientAnswer Error(int code, string message)
    {
        using var buffer = Utf8Buffer.Rent();
        McpMessages.WriteErrorObject(buffer, code, message, []);
        return new ClientAnswer(buffer.Span.ToArray(), IsError: true);
    }
}
