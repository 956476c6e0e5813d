using System.Buffers;
using System.Text;
using System.Text.Json;

namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>
/// A small MCP server without sessions: bytes of one message in, bytes of its answer out. Knows nothing of the transport
/// and keeps no state, so that it may be used from any thread.
/// </summary>
internal sealed class EchoMcpServer(McpEra era, ToolCatalog tools)
{
    private const int ParseError = -32700;
    private const int InvalidRequest = -32600;
    private const int MethodNotFound = -32601;
    private const int InvalidParams = -32602;
    private const int HeaderMismatch = -32020;
    private const int UnsupportedVersion = -32022;

    /// <summary>Writes the answer to a message, or nothing if it has none.</summary>
    /// <returns>The HTTP status that goes with it.</returns>
    public int Answer(ReadOnlySpan<byte> json, in McpHeaders headers, IBufferWriter<byte> output)
    {
        var message = McpMessage.Parse(json);
        switch (message.Shape)
        {
            case McpMessageShape.NotJson:
                return Refuse(output, default, ParseError, "The message is not JSON.");
            case McpMessageShape.Invalid:
                return Refuse(output, message.Id, InvalidRequest, "The message is neither a request nor a notification.");
            case McpMessageShape.Notification:
                return StatusCodes.Status202Accepted;
            case McpMessageShape.Response when era.HasFlag(McpEra.Legacy):
                return StatusCodes.Status202Accepted;
            case McpMessageShape.Response:
                return Refuse(output, default, InvalidRequest, "Nothing was asked.");
            default:
                return IsModern(message, headers) ? AnswerModern(message, headers, output) : AnswerLegacy(message, headers, output);
        }
    }

    // The body tells the era; the header alone only where there is no handshake to begin with.
    private bool IsModern(in McpMessage message, in McpHeaders headers) => era switch
    {
        McpEra.Legacy => false,
        McpEra.Modern => true,
        _ => !message.MetaVersion.IsEmpty || (message.Method != McpMethod.Initialize && headers.Version == McpVersions.Modern),
    };

    private int AnswerModern(in McpMessage message, in McpHeaders headers, IBufferWriter<byte> output)
    {
        if (message.MetaVersion.IsEmpty && message.Method == McpMethod.Initialize)
            return RefuseVersion(output, message.Id, message.RequestedVersion);
        if (!message.MetaVersion.IsEmpty && headers.AreThere && !headers.VersionIs(message.MetaVersion))
            return Refuse(output, message.Id, HeaderMismatch, "MCP-Protocol-Version differs from the body.");
        if (!message.MetaVersion.IsEmpty && !Ascii.Equals(message.MetaVersion, McpVersions.Modern))
            return RefuseVersion(output, message.Id, message.MetaVersion);
        if (message.MetaVersion.IsEmpty || !message.HasClientCapabilities)
            return Refuse(output, message.Id, InvalidParams, "params._meta lacks the protocol version or the client's capabilities.");
        if (headers.AreThere && !headers.MethodIs(message.MethodName))
            return Refuse(output, message.Id, HeaderMismatch, "Mcp-Method differs from the body.");
        if (headers.AreThere && message.Method == McpMethod.CallTool && !headers.NameIs(message.Name))
            return Refuse(output, message.Id, HeaderMismatch, "Mcp-Name differs from the body.");

        switch (message.Method)
        {
            case McpMethod.CallTool:
                return Call(message, output, modern: true);
            case McpMethod.ListTools:
                return List(message, output, tools.ModernList);
            case McpMethod.Discover:
                McpAnswers.WriteDiscover(output, message.Id);
                return StatusCodes.Status200OK;
            default:
                McpAnswers.WriteError(output, message.Id, MethodNotFound, "There is no such method.");
                return StatusCodes.Status404NotFound;
        }
    }

    private int AnswerLegacy(in McpMessage message, in McpHeaders headers, IBufferWriter<byte> output)
    {
        if (message.Method != McpMethod.Initialize && headers.Version is not (null or McpVersions.Legacy or McpVersions.OldestLegacy))
            return Refuse(output, message.Id, -32000, "The protocol version is not supported.");

        switch (message.Method)
        {
            case McpMethod.CallTool:
                return Call(message, output, modern: false);
            case McpMethod.ListTools:
                return List(message, output, tools.LegacyList);
            case McpMethod.Ping:
                McpAnswers.WriteResult(output, message.Id, "{}"u8);
                break;
            case McpMethod.Initialize:
                var oldest = Ascii.Equals(message.RequestedVersion, McpVersions.OldestLegacy);
                McpAnswers.WriteInitialize(output, message.Id, oldest ? McpVersions.OldestLegacy : McpVersions.Legacy);
                break;
            default:
                McpAnswers.WriteError(output, message.Id, MethodNotFound, "There is no such method.");
                break;
        }

        return StatusCodes.Status200OK;
    }

    private int Call(in McpMessage message, IBufferWriter<byte> output, bool modern)
    {
        if (!tools.Contains(message.Name))
            McpAnswers.WriteError(output, message.Id, InvalidParams, "There is no such tool.");
        else if (message.Text.IsEmpty)
            McpAnswers.WriteMissingArgument(output, message.Id, modern);
        else
            McpAnswers.WriteEcho(output, message.Id, message.Text, modern);
        return StatusCodes.Status200OK;
    }

    private static int List(in McpMessage message, IBufferWriter<byte> output, byte[] list)
    {
        // The list is one page, so that no cursor was ever given out.
        if (message.HasCursor)
            McpAnswers.WriteError(output, message.Id, InvalidParams, "The cursor is not known.");
        else
            McpAnswers.WriteResult(output, message.Id, list);
        return StatusCodes.Status200OK;
    }

    private static int RefuseVersion(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> requested)
    {
        var quoted = JsonEncodedText.Encode(requested);
        McpAnswers.WriteError(output, id, UnsupportedVersion, "The protocol version is not supported.",
            $$"""{"supported":["{{McpVersions.Modern}}"],"requested":"{{quoted}}"}""");
        return StatusCodes.Status400BadRequest;
    }

    private static int Refuse(IBufferWriter<byte> output, ReadOnlySpan<byte> id, int code, string message)
    {
        McpAnswers.WriteError(output, id, code, message);
        return StatusCodes.Status400BadRequest;
    }
}
