using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using McpHub.Bridging;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Auditing;

/// <summary>Writes what is recorded, up to the number that the writer gives the line.</summary>
internal static class AuditLine
{
    // What clients call themselves and what they ask for may be of any length.
    private const int LongestText = 512;

    private const int LargestArguments = 8 * 1024;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    /// <summary><c>{"time":…,"event":…</c></summary>
    public static void Begin(Utf8Buffer buffer, TimeProvider time, string name)
    {
        buffer.Write("{\"time\":\""u8);
        Utf8Formatter.TryFormat(time.GetUtcNow().UtcDateTime, buffer.GetSpan(32), out var length, 'O');
        buffer.Advance(length);
        buffer.Write("\",\"event\":"u8);
        JsonText.Write(buffer, name);
    }

    /// <summary>Writes <c>,"name":"text"</c>, unless the text is empty.</summary>
    public static void Member(Utf8Buffer buffer, ReadOnlySpan<byte> name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            buffer.Write(name);
            JsonText.Write(buffer, text.Length > LongestText ? text[..LongestText] + "…" : text);
        }
    }

    /// <summary>Writes the whole line of a request.</summary>
    public static void Write(Utf8Buffer buffer, McpContext context, in McpResult result, AuditModel model, TimeProvider time)
    {
        Begin(buffer, time, "request");
        Member(buffer, ",\"caller\":"u8, context.Caller.Key);
        WriteClient(buffer, context);
        if (context.Session is { Id.Length: > 0 } session)
        {
            Member(buffer, ",\"session\":"u8, session.AuditId);
        }

        Member(buffer, ",\"transport\":"u8, context.NetworkTransport);
        if (context.Revision != default)
        {
            Member(buffer, ",\"revision\":"u8, context.Revision.Text());
        }

        if (context.Depth > 0)
        {
            buffer.Write(",\"depth\":"u8);
            buffer.Write(context.Depth);
        }

        WriteMethod(buffer, context);
        WriteTarget(buffer, context, model.Redaction);
        WriteOutcome(buffer, context, result);
        buffer.Write(",\"duration_us\":"u8);
        buffer.Write((long)Stopwatch.GetElapsedTime(context.Started).TotalMicroseconds);
        buffer.Write(",\"bytes_in\":"u8);
        buffer.Write(context.Message.Length);
        buffer.Write(",\"bytes_out\":"u8);
        buffer.Write(result.Json.Length);
        WriteTrace(buffer, context);
        Member(buffer, ",\"rule\":"u8, context.Rule);
        WriteArguments(buffer, context, model);
        buffer.Write((byte)'\n');
    }

    private static void WriteMethod(Utf8Buffer buffer, McpContext context)
    {
        if (context.Envelope.Method == McpMethod.Unknown)
        {
            Member(buffer, ",\"method\":"u8, JsonText.Decode(context.Slice(context.Envelope.MethodName)));
            return;
        }

        buffer.Write(",\"method\":\""u8);
        buffer.Write(context.Envelope.Method.Utf8());
        buffer.Write((byte)'"');
    }

    /// <summary>The program that acts: as its credentials say, or else as it calls itself.</summary>
    private static void WriteClient(Utf8Buffer buffer, McpContext context)
    {
        if (context.Caller.Client.Length > 0)
        {
            Member(buffer, ",\"client\":"u8, context.Caller.Client);
            return;
        }

        ReadOnlySpan<byte> info = default;
        var found = context.Envelope.Meta.IsPresent ? JsonMembers.TryGet(context.Slice(context.Envelope.Meta), MetaKeys.ClientInfo, out info)
            : context.Envelope.Method == McpMethod.Initialize && JsonMembers.TryGet(context.Slice(context.Envelope.Params), "clientInfo"u8, out info);
        if (!found || !JsonMembers.TryGet(info, "name"u8, out var name))
        {
            return;
        }

        if (name.Length <= LongestText && name[0] == '"' && !name.Contains((byte)'\\'))
        {
            // As it came: without an escape there is nothing in it that needs one.
            buffer.Write(",\"client\":"u8);
            buffer.Write(name);
        }
        else
        {
            Member(buffer, ",\"client\":"u8, JsonText.Decode(name));
        }
    }

    private static void WriteTarget(Utf8Buffer buffer, McpContext context, Redaction redaction)
    {
        if (context.Entry is not { } entry)
        {
            // What there is not, or not for this caller: it is the client's word alone.
            if (!context.Target.IsEmpty && JsonText.Decode(context.Target) is { } target)
            {
                Member(buffer, ",\"target\":"u8, redaction.Of(target.Length > LongestText ? target[..LongestText] : target));
            }

            return;
        }

        if (context.Envelope.Method == McpMethod.CallTool)
        {
            Member(buffer, ",\"tool\":"u8, entry.CommonName);
        }
        else
        {
            Member(buffer, ",\"target\":"u8, redaction.Of(entry.Name));
        }

        Member(buffer, ",\"server\":"u8, entry.Source.Name);
    }

    private static void WriteOutcome(Utf8Buffer buffer, McpContext context, in McpResult result)
    {
        switch (result.Kind)
        {
            case McpResultKind.Failure:
                var kind = result.Failure!.Kind;
                var row = Failures.Of(kind);
                var isDenied = kind is FailureKind.RateLimited or FailureKind.AuditUnavailable or FailureKind.OriginDenied or FailureKind.InsufficientScope || (context.Rule.Length > 0 && context.Entry is null);
                buffer.Write(isDenied ? ",\"outcome\":\"denied\""u8 : kind == FailureKind.Cancelled ? ",\"outcome\":\"cancelled\""u8 : ",\"outcome\":\"error\""u8);
                Member(buffer, ",\"error\":"u8, row.ErrorType);
                buffer.Write(",\"code\":"u8);
                buffer.Write(row.Code);
                break;
            case McpResultKind.UpstreamError:
                buffer.Write(",\"outcome\":\"error\",\"error\":\"upstream\",\"code\":"u8);
                buffer.Write(result.Code);
                break;
            default:
                buffer.Write(result.IsToolError ? ",\"outcome\":\"tool_error\""u8 : ",\"outcome\":\"ok\""u8);
                break;
        }
    }

    private static void WriteTrace(Utf8Buffer buffer, McpContext context)
    {
        if (context.Trace != default)
        {
            Member(buffer, ",\"trace\":"u8, context.Trace.TraceId.ToHexString());
        }
        else if (context.Envelope.TraceParent is { Length: 57 } slice && context.Slice(slice)[4..36] is var id && id.IndexOfAnyExcept(HexDigits) < 0)
        {
            // Nobody traces here; but whoever called may, and looks for it.
            buffer.Write(",\"trace\":\""u8);
            buffer.Write(id);
            buffer.Write((byte)'"');
        }
    }

    private static void WriteArguments(Utf8Buffer buffer, McpContext context, AuditModel model)
    {
        if (context.Envelope.Method != McpMethod.CallTool || !context.Envelope.Arguments.IsPresent || context.Entry is not { } tool || !model.RecordsArgumentsOf(tool))
        {
            return;
        }

        var arguments = context.Slice(context.Envelope.Arguments);
        if (arguments.Length > LargestArguments)
        {
            buffer.Write(",\"arguments_too_large\":"u8);
            buffer.Write(arguments.Length);
            return;
        }

        buffer.Write(",\"arguments\":"u8);
        model.Redaction.Write(buffer, arguments);
    }
}
