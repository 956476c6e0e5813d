using System.Text.Json;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Bridging;

/// <summary>
/// Turns an upstream's reply into the answer of a client's revision. Between equal revisions, and from an older legacy server to a
/// newer legacy client, the bytes pass as they came.
/// </summary>
internal static class ResultTranslator
{
    public static McpResult Translate(McpContext context, CatalogEntry entry, Revision from, UpstreamReply reply)
    {
        if (reply.IsError)
        {
            return ErrorTranslator.Translate(context, entry, from, reply);
        }

        if (from.IsModern() && Check(context, reply) is { } failure)
        {
            reply.Dispose();
            return McpResult.Fail(failure);
        }

        var to = context.Revision;
        if (entry.Uris.IsIdentity && (from == to || (from < to && !to.IsModern())))
        {
            return McpResult.Complete(reply.Buffer, reply.Result, reply.IsToolError);
        }

        using (reply)
        {
            return Rewrite(context, entry, from, reply.Result.Span, reply.IsToolError);
        }
    }

    /// <summary>Writes a result of one revision anew for the client's.</summary>
    public static McpResult Rewrite(McpContext context, CatalogEntry entry, Revision from, ReadOnlySpan<byte> result, bool isToolError)
    {
        var buffer = Utf8Buffer.Rent(result.Length + 256);
        Write(buffer, context, entry, from, result);
        return McpResult.Complete(buffer, buffer.Memory, isToolError);
    }

    private static Failure? Check(McpContext context, UpstreamReply reply)
    {
        var type = reply.ResultType;
        if (type.IsEmpty || JsonText.Is(type, "complete"u8))
        {
            return null;
        }

        if (JsonText.Is(type, "task"u8) && context.Envelope.Method == McpMethod.CallTool && TasksExtension.IsDeclared(context))
        {
            return null;
        }

        if (!JsonText.Is(type, "input_required"u8))
        {
            return new Failure(FailureKind.UpstreamProtocol, $"The server answered with the result type {JsonText.Decode(type)}, which the client did not ask for.");
        }

        return context.Revision.IsModern()
            ? null
            : new Failure(FailureKind.InputNotRelayed, "The server needs input, and the client has no session in which it could be asked.");
    }

    private static void Write(Utf8Buffer buffer, McpContext context, CatalogEntry entry, Revision from, ReadOnlySpan<byte> result)
    {
        var to = context.Revision;
        var method = context.Envelope.Method;
        var copy = new ObjectCopy(buffer);
        if (to.IsModern() && !from.IsModern())
        {
            copy.Member("resultType"u8, "\"complete\""u8);
        }

        var seen = new SeenMembers();
        var members = new JsonMembers(result);
        while (members.MoveNext())
        {
            seen.Note(ref members);
            if (IsContent(ref members, method) && ContentTranslator.IsNeeded(from, to, entry.Uris))
            {
                copy.Begin(members.Name[1..^1]);
                ContentTranslator.Write(buffer, members.Value, to, entry.Uris);
            }
            else if (members.NameIs("structuredContent"u8) && method == McpMethod.CallTool && !to.IsModern())
            {
                WriteStructuredContent(ref copy, ref members, entry, to);
            }
            else if (members.NameIs("_meta"u8))
            {
                WriteMeta(ref copy, members.Value, context, from);
            }
            else if (!IsModernOnly(ref members) || (to.IsModern() && from.IsModern()))
            {
                copy.Copy(members);
            }
        }

        if (to.IsModern() && !from.IsModern())
        {
            Complete(ref copy, context, seen);
        }

        copy.End();
    }

    /// <summary>Adds what a modern result must have and a legacy one doesn't.</summary>
    private static void Complete(ref ObjectCopy copy, McpContext context, SeenMembers seen)
    {
        if (context.Envelope.Method == McpMethod.CallTool && !seen.Content)
        {
            copy.Member("content"u8, "[]"u8);
        }

        if (context.Envelope.Method == McpMethod.ReadResource)
        {
            ModernResult.WriteHints(ref copy, CacheHints.None);
        }

        if (!seen.Meta)
        {
            ModernResult.WriteServerInfo(ref copy, context.View.ServerInfo);
        }
    }

    private static bool IsModernOnly(ref JsonMembers member) =>
        member.NameIs("resultType"u8) || member.NameIs("ttlMs"u8) || member.NameIs("cacheScope"u8);

    private static bool IsContent(ref JsonMembers member, McpMethod method) => method switch
    {
        McpMethod.CallTool => member.NameIs("content"u8),
        McpMethod.GetPrompt => member.NameIs("messages"u8),
        McpMethod.ReadResource => member.NameIs("contents"u8),
        _ => false,
    };

    /// <summary>Structured content came with 2025-06-18, and was an object until 2025-11-25.</summary>
    private static void WriteStructuredContent(ref ObjectCopy copy, ref JsonMembers member, CatalogEntry entry, Revision to)
    {
        if (to < Revision.V20250618)
        {
            return;
        }

        if (entry.Revision.IsModern() && (entry.HasOpenOutput || member.Kind != JsonTokenType.StartObject))
        {
            copy.Begin("structuredContent"u8);
            var wrapped = new ObjectCopy(copy.Buffer);
            wrapped.Member("result"u8, member.Value);
            wrapped.End();
        }
        else
        {
            copy.Copy(member);
        }
    }

    private static void WriteMeta(ref ObjectCopy copy, ReadOnlySpan<byte> meta, McpContext context, Revision from)
    {
        var to = context.Revision;
        if (from.IsModern() == to.IsModern())
        {
            copy.Member("_meta"u8, meta);
            return;
        }

        using var buffer = Utf8Buffer.Rent(meta.Length + 128);
        var inner = new ObjectCopy(buffer);
        var members = new JsonMembers(meta);
        while (members.MoveNext())
        {
            if (!members.NameIs(MetaKeys.ServerInfo))
            {
                inner.Copy(members);
            }
        }

        if (to.IsModern())
        {
            inner.Member(MetaKeys.ServerInfo, context.View.ServerInfo);
        }

        inner.End();
        if (inner.HasMembers)
        {
            copy.Member("_meta"u8, buffer.Span);
        }
    }

    /// <summary>Which of the members that may have to be added are there already.</summary>
    private struct SeenMembers
    {
        public bool Content;
        public bool Meta;

        public void Note(ref JsonMembers member)
        {
            Content |= member.NameIs("content"u8);
            Meta |= member.NameIs("_meta"u8);
        }
    }
}
