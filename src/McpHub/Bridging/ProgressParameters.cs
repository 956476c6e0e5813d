using System.Buffers.Text;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>The parameters of progress that the gateway itself tells of, but for the token, which is the client's.</summary>
internal static class ProgressParameters
{
    public static void Write(Utf8Buffer buffer, double progress, double? total, string? message)
    {
        var parameters = new ObjectCopy(buffer);
        parameters.Begin("progress"u8);
        Write(buffer, progress);
        if (total is { } whole)
        {
            parameters.Begin("total"u8);
            Write(buffer, whole);
        }

        if (message is not null)
        {
            parameters.Begin("message"u8);
            JsonText.Write(buffer, message);
        }

        parameters.End();
    }

    private static void Write(Utf8Buffer buffer, double number)
    {
        Utf8Formatter.TryFormat(number, buffer.GetSpan(32), out var length);
        buffer.Advance(length);
    }
}
