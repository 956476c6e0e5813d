using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>Writes the result of a tool that gives text, in the client's revision.</summary>
internal static class TextResult
{
    public static McpResult Write(McpContext context, string text, bool isError)
    {
        var buffer = Utf8Buffer.Rent(text.Length + 256);
        var copy = Begin(context, buffer);
        copy.Begin("content"u8);
        buffer.Write("[{\"type\":\"text\",\"text\":"u8);
        JsonText.Write(buffer, text);
        buffer.Write("}]"u8);
        if (isError)
        {
            copy.Member("isError"u8, "true"u8);
        }

        return End(context, buffer, ref copy, isError);
    }

    /// <summary>A result without content, for a tool that gave nothing.</summary>
    public static McpResult WriteEmpty(McpContext context)
    {
        var buffer = Utf8Buffer.Rent();
        var copy = Begin(context, buffer);
        copy.Member("content"u8, "[]"u8);
        return End(context, buffer, ref copy, isError: false);
    }

    private static ObjectCopy Begin(McpContext context, Utf8Buffer buffer)
    {
        var copy = new ObjectCopy(buffer);
        if (context.Revision.IsModern())
        {
            copy.Member("resultType"u8, "\"complete\""u8);
        }

        return copy;
    }

    private static McpResult End(McpContext context, Utf8Buffer buffer, ref ObjectCopy copy, bool isError)
    {
        if (context.Revision.IsModern())
        {
            ModernResult.WriteServerInfo(ref copy, context.View.ServerInfo);
        }

        copy.End();
        return McpResult.Complete(buffer, buffer.Memory, isError);
    }
}
