using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>
/// A result as its source gave it, and as the clients of each revision get it, which is written when the first of them asks. The bytes
/// belong to the collector, so that an answer stays good while it goes out, whatever becomes of the value. Thread-safe.
/// </summary>
/// <param name="source">The result object.</param>
/// <param name="from">The revision that it is written in.</param>
internal sealed class CacheValue(byte[] source, Revision from)
{
    private static readonly int Revisions = (int)Protocol.Revisions.Latest + 1;

    private readonly ResultForm?[] _forms = new ResultForm?[Revisions];

    /// <summary>How many bytes the source's result has.</summary>
    public int Length => source.Length;

    public Revision From => from;

    /// <summary>The result for a client.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="entry">What it is about.</param>
    /// <param name="remainingMs">For how long a resource is still good, in milliseconds; negative to say what the source said.</param>
    /// <param name="added">How many bytes more the value takes now.</param>
    public McpResult Answer(McpContext context, CatalogEntry entry, long remainingMs, out int added)
    {
        added = 0;
        ref var form = ref _forms[(int)context.Revision];
        if (Volatile.Read(ref form) is not { } ready || !ready.Fits(entry))
        {
            var old = form;
            ready = Write(context, entry);
            Volatile.Write(ref form, ready);
            added = SizeOf(ready) - SizeOf(old);
        }

        return remainingMs >= 0 && ready.Ttl.IsPresent ? WithTtl(ready, remainingMs) : McpResult.Complete(ready.Json);
    }

    /// <summary>The result of a tool that ran and failed, which is not kept.</summary>
    public McpResult AnswerError(McpContext context, CatalogEntry entry)
    {
        if (IsSame(context, entry))
        {
            var copy = Utf8Buffer.CopyOf(source);
            return McpResult.Complete(copy, copy.Memory, isToolError: true);
        }

        return ResultTranslator.Rewrite(context, entry, from, source, isToolError: true);
    }

    private static McpResult WithTtl(ResultForm form, long remainingMs)
    {
        var json = form.Json.AsSpan();
        var buffer = Utf8Buffer.Rent(json.Length + 20);
        buffer.Write(json[..form.Ttl.Start]);
        buffer.Write(remainingMs);
        buffer.Write(json[(form.Ttl.Start + form.Ttl.Length)..]);
        return McpResult.Complete(buffer, buffer.Memory);
    }

    private ResultForm Write(McpContext context, CatalogEntry entry)
    {
        var json = source;
        if (!IsSame(context, entry))
        {
            using var rewritten = ResultTranslator.Rewrite(context, entry, from, source, isToolError: false);
            json = rewritten.Json.ToArray();
        }

        var ttl = default(Slice);
        if (context.Envelope.Method == McpMethod.ReadResource && context.Revision.IsModern())
        {
            var members = new JsonMembers(json);
            while (!ttl.IsPresent && members.MoveNext())
            {
                ttl = members.NameIs("ttlMs"u8) ? members.ValueSlice : default;
            }
        }

        return new ResultForm(json, ttl, entry);
    }

    /// <summary>Whether the client gets the very bytes of the source, as it would without a cache.</summary>
    private bool IsSame(McpContext context, CatalogEntry entry) =>
        entry.Uris.IsIdentity && (from == context.Revision || (from < context.Revision && !context.Revision.IsModern()));

    private int SizeOf(ResultForm? form) => form is null || ReferenceEquals(form.Json, source) ? 0 : form.Json.Length + CacheEntry.ObjectBytes;
}
