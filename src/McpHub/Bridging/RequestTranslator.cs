using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Bridging;

/// <summary>
/// Writes a client's request for an upstream: the upstream's own names, the metadata of its revision, the gateway's id and progress
/// token; everything else byte for byte.
/// </summary>
internal static class RequestTranslator
{
    /// <param name="context">The client's request.</param>
    /// <param name="entry">What it is about.</param>
    /// <param name="id">The gateway's id for it.</param>
    /// <param name="to">The upstream's revision.</param>
    /// <param name="relay">The way of progress and log messages.</param>
    /// <param name="inputs">Who answers what the upstream asks; it ends with the call.</param>
    /// <param name="retry">What the upstream asked for in an earlier round.</param>
    public static UpstreamCall Translate(
        McpContext context, CatalogEntry entry, long id, Revision to, CallRelay? relay, ICallInputs? inputs = null, InputRetry? retry = null)
    {
        var method = context.Envelope.Method;
        var message = Utf8Buffer.Rent(context.Message.Length + 256);
        McpMessages.BeginRequest(message, id, method);
        WriteParams(message, context, entry, id, to, retry);
        message.Write((byte)'}');
        return new UpstreamCall(id, method, message)
        {
            NameHeader = to.IsModern() && method.HasNameHeader() ? entry.SourceNameHeader : null,
            ParamHeaders = to.IsModern() && entry.HeaderParameters.Count > 0
                ? ParamHeaders.Of(entry.HeaderParameters, context.Envelope.Arguments.Of(context.Message))
                : [],
            Relay = relay,
            Inputs = inputs,
        };
    }

    private static void WriteParams(Utf8Buffer message, McpContext context, CatalogEntry entry, long id, Revision to, InputRetry? retry)
    {
        var copy = new ObjectCopy(message);
        if (context.Envelope.Method == McpMethod.CallTool && !context.Envelope.HasOtherParams && !context.Envelope.Uri.IsPresent)
        {
            // Nearly every call: all that it has is known from the scan.
            copy.Member("name"u8, entry.SourceNameJson);
            if (context.Envelope.Arguments.IsPresent)
            {
                copy.Member("arguments"u8, context.Slice(context.Envelope.Arguments));
            }
        }
        else
        {
            WriteMembers(ref copy, context, entry, to, retry is not null);
        }

        if (retry is not null)
        {
            WriteRetry(ref copy, retry);
        }

        WriteMeta(ref copy, context, id, to);
        copy.End();
    }

    private static void WriteRetry(ref ObjectCopy copy, InputRetry retry)
    {
        if (!retry.Responses.IsEmpty)
        {
            copy.Member("inputResponses"u8, retry.Responses.Span);
        }

        if (!retry.State.IsEmpty)
        {
            copy.Member("requestState"u8, retry.State.Span);
        }
    }

    private static void WriteMembers(ref ObjectCopy copy, McpContext context, CatalogEntry entry, Revision to, bool isRetry)
    {
        var parameters = context.Slice(context.Envelope.Params);
        var members = new JsonMembers(parameters);
        while (members.MoveNext())
        {
            if (context.Envelope.Method.HasNameHeader() && members.NameIs(TargetOf(context.Envelope.Method)))
            {
                copy.RawMember(members.Name, entry.SourceNameJson);
            }
            else if (members.NameIs("ref"u8) && context.Envelope.Method == McpMethod.Complete)
            {
                copy.Begin("ref"u8);
                WriteReference(copy.Buffer, members.Value, entry);
            }
            else if (!members.NameIs("_meta"u8) && Passes(ref members, context.Envelope.Method, to, isRetry))
            {
                copy.Copy(members);
            }
        }
    }

    /// <summary>The parameter that says what the request is about.</summary>
    private static ReadOnlySpan<byte> TargetOf(McpMethod method) =>
        method == McpMethod.ReadResource ? "uri"u8 : method.IsOfTask() ? "taskId"u8 : "name"u8;

    /// <summary>Whether the upstream's revision has this parameter.</summary>
    private static bool Passes(ref JsonMembers member, McpMethod method, Revision to, bool isRetry)
    {
        if (member.NameIs("inputResponses"u8) || member.NameIs("requestState"u8))
        {
            return to.IsModern() && !isRetry;
        }

        // Task augmentation of 2025-11-25: the gateway doesn't offer it, so that no client can mean it.
        if (member.NameIs("task"u8) && method == McpMethod.CallTool)
        {
            return false;
        }

        return method != McpMethod.Complete || to >= Revision.V20250618 || !member.NameIs("context"u8);
    }

    private static void WriteReference(Utf8Buffer message, ReadOnlySpan<byte> reference, CatalogEntry entry)
    {
        var copy = new ObjectCopy(message);
        var members = new JsonMembers(reference);
        while (members.MoveNext())
        {
            if (members.NameIs("name"u8) || members.NameIs("uri"u8))
            {
                copy.RawMember(members.Name, entry.SourceNameJson);
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }

    private static void WriteMeta(ref ObjectCopy parameters, McpContext context, long id, Revision to)
    {
        var meta = context.Slice(context.Envelope.Meta);
        var hasTrace = context.Trace != default;
        if (meta.IsEmpty && !to.IsModern() && !hasTrace)
        {
            return;
        }

        if (to.IsModern() && !hasTrace && !context.Envelope.ProgressToken.IsPresent && ReadyMeta(context, meta) is { IsEmpty: false } ready)
        {
            parameters.Member("_meta"u8, ready);
            return;
        }

        parameters.Begin("_meta"u8);
        var copy = new ObjectCopy(parameters.Buffer);
        var members = new JsonMembers(meta);
        var hasClientInfo = false;
        while (members.MoveNext())
        {
            if (IsWrittenAnew(ref members, hasTrace) || (members.NameIs(MetaKeys.ClientInfo) && !to.IsModern()))
            {
                continue;
            }

            hasClientInfo |= members.NameIs(MetaKeys.ClientInfo);
            copy.Copy(members);
        }

        if (context.Envelope.ProgressToken.IsPresent)
        {
            copy.Begin("progressToken"u8);
            copy.Buffer.Write(id);
        }

        if (hasTrace)
        {
            TraceContext.Write(ref copy, context.Trace);
        }

        if (to.IsModern())
        {
            WriteModernKeys(ref copy, context, hasClientInfo);
        }

        copy.End();
    }

    /// <summary>
    /// The metadata of nearly every call: a modern client's own, or for a legacy client that sent none, the gateway's. Empty where
    /// something in it is the gateway's business.
    /// </summary>
    private static ReadOnlySpan<byte> ReadyMeta(McpContext context, ReadOnlySpan<byte> meta)
    {
        if (context.Revision.IsModern())
        {
            return context.Slice(context.Envelope.ClientCapabilities).IndexOf("extensions"u8) < 0 ? meta : [];
        }

        return meta.IsEmpty && context.Session?.Features is null or ClientFeatures.None && LogLevels.WantedBy(context) is null ? GatewayRequests.ModernMeta : [];
    }

    private static bool IsWrittenAnew(ref JsonMembers member, bool hasTrace) =>
        member.NameIs("progressToken"u8) || member.NameIs(MetaKeys.ProtocolVersion) || member.NameIs(MetaKeys.ClientCapabilities)
        || member.NameIs(MetaKeys.LogLevel) || (hasTrace && (member.NameIs("traceparent"u8) || member.NameIs("tracestate"u8)));

    private static void WriteModernKeys(ref ObjectCopy copy, McpContext context, bool hasClientInfo)
    {
        copy.Begin(MetaKeys.ProtocolVersion);
        copy.Buffer.Write((byte)'"');
        copy.Buffer.Write(Revisions.Latest.Utf8());
        copy.Buffer.Write((byte)'"');

        copy.Begin(MetaKeys.ClientCapabilities);
        if (context.Session is { } session)
        {
            ClientCapabilities.Write(copy.Buffer, session.Features);
        }
        else
        {
            ClientCapabilities.WriteRelayed(copy.Buffer, context.Slice(context.Envelope.ClientCapabilities));
        }

        if (!hasClientInfo)
        {
            copy.Member(MetaKeys.ClientInfo, GatewayRequests.ClientInfo);
        }

        if (LogLevels.WantedBy(context) is { } level)
        {
            copy.Begin(MetaKeys.LogLevel);
            JsonText.Write(copy.Buffer, level.Text());
        }
    }
}
