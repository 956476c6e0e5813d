using System.Text;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>
/// Reads what of a request's <c>_meta</c> makes it another request: everything that neither the protocol nor the configuration
/// declares to be without influence. Thread-safe.
/// </summary>
internal sealed class RequestMetadata(CacheConfig config)
{
    // Another id for each call, of a widely used client.
    private static readonly byte[][] Known = [.. new[] { "claudecode/toolUseId" }.Select(Encoding.UTF8.GetBytes)];

    private readonly byte[][] _ignored = [.. Known, .. config.IgnoredMeta.Select(Encoding.UTF8.GetBytes)];

    // Clients send the same again and again; then it isn't looked through.
    private byte[] _lastPlain = [];

    /// <summary>The key by which a request passes the cache by, and a result says that it must not be kept.</summary>
    public static ReadOnlySpan<byte> CacheKey => "io.mcphub/cache"u8;

    private static ReadOnlySpan<byte> Apps => "io.modelcontextprotocol/ui"u8;

    /// <summary>Whether nothing in the metadata matters.</summary>
    public bool IsPlain(ReadOnlySpan<byte> meta) => meta.IsEmpty || meta.SequenceEqual(_lastPlain);

    /// <summary>Whether the request asks for an answer that is not from the cache.</summary>
    public bool IsBypass(ReadOnlySpan<byte> meta) =>
        config.AllowBypass && JsonMembers.TryGet(meta, CacheKey, out var value) && JsonText.Is(value, "bypass"u8);

    /// <summary>Writes what matters into a key.</summary>
    /// <returns>Whether that could be done; see <see cref="CanonicalJson"/>.</returns>
    public bool TryWrite(KeyBuffer key, McpContext context)
    {
        var meta = context.Slice(context.Envelope.Meta);
        if (IsPlain(meta))
        {
            return true;
        }

        var start = key.Length;
        if (AppsOf(context) is { IsEmpty: false } apps)
        {
            key.WriteSized(Apps);
            if (!CanonicalJson.TryWrite(key, apps))
            {
                return false;
            }
        }

        var members = new JsonMembers(meta);
        while (members.MoveNext())
        {
            if (Matters(ref members))
            {
                key.WriteSized(members.Name);
                if (!CanonicalJson.TryWrite(key, members.Value))
                {
                    return false;
                }
            }
        }

        if (key.Length == start)
        {
            _lastPlain = meta.ToArray();
        }

        return true;
    }

    /// <summary>Whether nothing in the metadata makes the request another one.</summary>
    public bool IsOfNoInfluence(McpContext context)
    {
        var key = KeyBuffer.OfThread;
        return TryWrite(key, context) && key.Length == 0;
    }

    /// <summary>Writes the metadata of a request that is made on behalf of all who ask the same.</summary>
    public void Copy(ref ObjectCopy copy, McpContext context)
    {
        var members = new JsonMembers(context.Slice(context.Envelope.Meta));
        while (members.MoveNext())
        {
            if (Matters(ref members))
            {
                copy.Copy(members);
            }
        }
    }

    /// <summary>What the client says of MCP Apps, by which servers choose what they answer; empty if nothing.</summary>
    public static ReadOnlySpan<byte> AppsOf(McpContext context)
    {
        var capabilities = context.Slice(context.Envelope.ClientCapabilities);
        return capabilities.IndexOf(Apps) >= 0
            && JsonMembers.TryGet(capabilities, "extensions"u8, out var extensions) && JsonMembers.TryGet(extensions, Apps, out var apps) ? apps : [];
    }

    private bool Matters(ref JsonMembers member)
    {
        if (member.NameIs(MetaKeys.ProtocolVersion) || member.NameIs(MetaKeys.ClientCapabilities) || member.NameIs(MetaKeys.ClientInfo)
            || member.NameIs(MetaKeys.LogLevel) || member.NameIs(CacheKey) || member.NameIs(MetaKeys.Priority) || member.NameIs("progressToken"u8)
            || member.NameIs("traceparent"u8) || member.NameIs("tracestate"u8) || member.NameIs("baggage"u8))
        {
            return false;
        }

        foreach (var ignored in _ignored)
        {
            if (member.NameIs(ignored))
            {
                return false;
            }
        }

        return true;
    }
}
