using System.Buffers;
using System.Globalization;
using System.Text;

namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>Writes the small server's answers from ready pieces.</summary>
internal static class McpAnswers
{
    public const string ServerInfoMeta =
        """
        "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"load-upstream","version":"1.0.0"}}
        """;

    private static readonly byte[] DiscoverResult = Encoding.UTF8.GetBytes(
        $$$"""
        {"resultType":"complete","supportedVersions":["{{{McpVersions.Modern}}}"],"capabilities":{"tools":{}},
        "ttlMs":3600000,"cacheScope":"public",{{{ServerInfoMeta}}}}
        """.ReplaceLineEndings(""));

    private static readonly byte[] ModernResultEnd = Encoding.UTF8.GetBytes($",{ServerInfoMeta}}}}}");

    public static void WriteResult(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> result)
    {
        WriteStart(output, id);
        output.Write(result);
        output.Write("}"u8);
    }

    public static void WriteDiscover(IBufferWriter<byte> output, ReadOnlySpan<byte> id) => WriteResult(output, id, DiscoverResult);

    public static void WriteInitialize(IBufferWriter<byte> output, ReadOnlySpan<byte> id, string version) =>
        WriteResult(output, id, Encoding.UTF8.GetBytes(
            $$$"""
            {"protocolVersion":"{{{version}}}","capabilities":{"tools":{}},
            "serverInfo":{"name":"load-upstream","version":"1.0.0"}}
            """.ReplaceLineEndings("")));

    /// <summary>Writes the echo of <paramref name="text"/>, a JSON string with its quotes.</summary>
    public static void WriteEcho(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> text, bool modern)
    {
        WriteStart(output, id);
        if (modern)
        {
            output.Write("""{"resultType":"complete","content":[{"type":"text","text":"""u8);
            output.Write(text);
            output.Write("}]"u8);
            output.Write(ModernResultEnd);
        }
        else
        {
            output.Write("""{"content":[{"type":"text","text":"""u8);
            output.Write(text);
            output.Write("}]}}"u8);
        }
    }

    /// <summary>Writes the tool's own complaint that the argument <c>message</c> is missing.</summary>
    public static void WriteMissingArgument(IBufferWriter<byte> output, ReadOnlySpan<byte> id, bool modern) =>
        WriteResult(output, id, modern
            ? """{"resultType":"complete","content":[{"type":"text","text":"'message' has to be a string."}],"isError":true}"""u8
            : """{"content":[{"type":"text","text":"'message' has to be a string."}],"isError":true}"""u8);

    public static void WriteError(IBufferWriter<byte> output, ReadOnlySpan<byte> id, int code, string message, string? data = null)
    {
        output.Write("""{"jsonrpc":"2.0","""u8);
        if (!id.IsEmpty)
        {
            output.Write("\"id\":"u8);
            output.Write(id);
            output.Write(","u8);
        }

        var rest = string.Create(CultureInfo.InvariantCulture, $"\"error\":{{\"code\":{code},\"message\":\"{message}\"");
        output.Write(Encoding.UTF8.GetBytes(data is null ? $"{rest}}}}}" : $"{rest},\"data\":{data}}}}}"));
    }

    private static void WriteStart(IBufferWriter<byte> output, ReadOnlySpan<byte> id)
    {
        output.Write("""{"jsonrpc":"2.0","id":"""u8);
        output.Write(id);
        output.Write(""","result":"""u8);
    }
}
