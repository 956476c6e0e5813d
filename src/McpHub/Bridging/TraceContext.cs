using System.Diagnostics;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>The W3C trace context in <c>_meta</c> (SEP-414).</summary>
internal static class TraceContext
{
    /// <summary>The context that a request continues; default if it names none, or none that is valid.</summary>
    public static ActivityContext Read(ReadOnlySpan<byte> message, in Envelope envelope) =>
        envelope.TraceParent.IsPresent
        && ActivityContext.TryParse(
            JsonText.Decode(envelope.TraceParent.Of(message)),
            envelope.TraceState.IsPresent ? JsonText.Decode(envelope.TraceState.Of(message)) : null,
            isRemote: true,
            out var context)
            ? context
            : default;

    public static void Write(ref ObjectCopy meta, ActivityContext context)
    {
        meta.Begin("traceparent"u8);
        JsonText.Write(meta.Buffer, $"00-{context.TraceId.ToHexString()}-{context.SpanId.ToHexString()}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}");
        if (!string.IsNullOrEmpty(context.TraceState))
        {
            meta.Begin("tracestate"u8);
            JsonText.Write(meta.Buffer, context.TraceState);
        }
    }
}
