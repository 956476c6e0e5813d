using System.Diagnostics;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Caching;

/// <summary>
/// Makes the request that is sent once for all who ask the same: with what they have in common, and without what is only one client's
/// (what it can be asked, where its progress goes, how loud its log is). It asks in the revision of the source, so that the result is
/// the source's own.
/// </summary>
internal static class SharedCall
{
    public static McpContext Create(McpContext client, CachePlan plan, RequestMetadata metadata)
    {
        var message = Write(client, plan, metadata);
        var context = new McpContext
        {
            Message = message,
            Revision = plan.Target.Revision,

            // Nobody's own, where everybody gets it: whatever it is made of, it is not made of the one who came first.
            Caller = plan.Rule!.IsShared ? Caller.Anonymous : client.Caller,
            View = client.View,
            NetworkTransport = client.NetworkTransport,
            Entry = plan.Target,
            Trace = client.Trace,
            TierTimeout = client.TierTimeout,
            Started = Stopwatch.GetTimestamp(),
        };
        if (EnvelopeReader.Read(message, out context.Envelope) is { } failure)
        {
            throw new InvalidOperationException("A request of the cache's own is none: " + failure.Message);
        }

        return context;
    }

    private static byte[] Write(McpContext client, CachePlan plan, RequestMetadata metadata)
    {
        using var buffer = Utf8Buffer.Rent(client.Message.Length + 256);
        McpMessages.BeginRequest(buffer, 0, client.Envelope.Method);
        var parameters = new ObjectCopy(buffer);
        parameters.Member(plan.IsResource ? "uri"u8 : "name"u8, client.Target);
        if (client.Envelope.Arguments.IsPresent)
        {
            parameters.Member("arguments"u8, client.Slice(client.Envelope.Arguments));
        }

        parameters.Begin("_meta"u8);
        var meta = new ObjectCopy(buffer);
        if (plan.Target.Revision.IsModern())
        {
            meta.Member(MetaKeys.ProtocolVersion, JsonText.Encode(Revisions.Latest.Text()));
            meta.Begin(MetaKeys.ClientCapabilities);
            WriteCapabilities(buffer, RequestMetadata.AppsOf(client));
            meta.Member(MetaKeys.ClientInfo, GatewayRequests.ClientInfo);
        }

        metadata.Copy(ref meta, client);
        meta.End();
        parameters.End();
        buffer.Write((byte)'}');
        return buffer.Span.ToArray();
    }

    private static void WriteCapabilities(Utf8Buffer buffer, ReadOnlySpan<byte> apps)
    {
        var capabilities = new ObjectCopy(buffer);
        if (!apps.IsEmpty)
        {
            capabilities.Begin("extensions"u8);
            var extensions = new ObjectCopy(buffer);
            extensions.Member("io.modelcontextprotocol/ui"u8, apps);
            extensions.End();
        }

        capabilities.End();
    }
}
