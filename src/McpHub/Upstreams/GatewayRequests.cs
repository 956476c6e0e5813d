using McpHub.Bridging;
using McpHub.Bridging.Subscriptions;
using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Upstreams;

/// <summary>Writes the requests that the gateway makes on its own account.</summary>
internal static class GatewayRequests
{
    /// <summary>The gateway as a client, for <c>clientInfo</c>.</summary>
    public static byte[] ClientInfo { get; } = ServerIdentity.ToJson("mcphub");

    /// <summary>The metadata of a request that the gateway makes for itself, or for a client that has none.</summary>
    public static byte[] ModernMeta { get; } = WriteModernMeta(ClientFeatures.None);

    public static UpstreamCall Discover(long id) => Modern(id, McpMethod.Discover);

    /// <summary>Asks for the notifications that tell of changed lists and resources (2026-07-28, "Subscriptions").</summary>
    public static UpstreamCall Listen(long id, IEnumerable<string> uris, ListenAck ack)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, McpMethod.Listen);
        message.Write("{\"notifications\":"u8);
        ChangeMessages.WriteFilter(message, ListKinds.All, uris, []);
        message.Write(",\"_meta\":"u8);
        message.Write(ModernMeta);
        message.Write("}}"u8);
        return new UpstreamCall(id, McpMethod.Listen, message) { Ack = ack };
    }

    /// <summary>Subscribes to a resource of a legacy server, or ends that.</summary>
    public static UpstreamCall OfResource(long id, McpMethod method, string uri)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, method);
        message.Write("{\"uri\":"u8);
        JsonText.Write(message, uri);
        message.Write("}}"u8);
        return new UpstreamCall(id, method, message);
    }

    /// <param name="declared">What the server may ask for, and the gateway will have answered; and what it may list things for.</param>
    public static UpstreamCall Initialize(long id, Revision revision, ClientFeatures declared)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, McpMethod.Initialize);
        message.Write("{\"protocolVersion\":\""u8);
        message.Write(revision.Utf8());
        message.Write("\",\"capabilities\":"u8);
        ClientCapabilities.Write(message, declared);
        message.Write(",\"clientInfo\":"u8);
        message.Write(ClientInfo);
        message.Write("}}"u8);
        return new UpstreamCall(id, McpMethod.Initialize, message);
    }

    public static Utf8Buffer Initialized()
    {
        var message = Utf8Buffer.Rent();
        McpMessages.WriteNotification(message, McpMethod.InitializedNotification, []);
        return message;
    }

    public static Utf8Buffer Cancelled(long id)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.WriteCancelled(message, id);
        return message;
    }

    public static UpstreamCall SetLevel(long id, McpLogLevel level)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, McpMethod.SetLevel);
        message.Write("{\"level\":"u8);
        JsonText.Write(message, level.Text());
        message.Write("}}"u8);
        return new UpstreamCall(id, McpMethod.SetLevel, message);
    }

    /// <summary>Asks for one page of a list.</summary>
    /// <param name="cursor">The cursor as JSON with its quotes; empty for the first page.</param>
    /// <param name="declared">The capabilities of the clients that the list is for.</param>
    public static UpstreamCall List(long id, McpMethod method, Revision revision, ReadOnlySpan<byte> cursor, ClientFeatures declared)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, method);
        var copy = new ObjectCopy(message);
        if (!cursor.IsEmpty)
        {
            copy.Member("cursor"u8, cursor);
        }

        if (revision.IsModern())
        {
            copy.Member("_meta"u8, declared == ClientFeatures.None ? ModernMeta : WriteModernMeta(declared));
        }

        copy.End();
        message.Write((byte)'}');
        return new UpstreamCall(id, method, message);
    }

    /// <summary>The metadata of a request that the gateway makes on its own account.</summary>
    public static byte[] WriteModernMeta(ClientFeatures declared)
    {
        using var buffer = Utf8Buffer.Rent();
        var meta = new ObjectCopy(buffer);
        meta.Begin(MetaKeys.ProtocolVersion);
        buffer.Write((byte)'"');
        buffer.Write(Revisions.Latest.Utf8());
        buffer.Write((byte)'"');
        meta.Begin(MetaKeys.ClientCapabilities);
        ClientCapabilities.Write(buffer, declared);
        meta.Member(MetaKeys.ClientInfo, ClientInfo);
        meta.End();
        return buffer.Span.ToArray();
    }

    private static UpstreamCall Modern(long id, McpMethod method)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, method);
        message.Write("{\"_meta\":"u8);
        message.Write(ModernMeta);
        message.Write("}}"u8);
        return new UpstreamCall(id, method, message);
    }
}
