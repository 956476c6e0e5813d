using McpHub.Bridging.Subscriptions;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>Writes the requests about tasks that the gateway makes on its own account (2026-07-28, tasks extension).</summary>
internal static class TaskRequests
{
    private static readonly byte[] Meta = GatewayRequests.WriteModernMeta(ClientFeatures.Tasks);

    /// <summary>Asks for the notifications that tell of tasks.</summary>
    public static UpstreamCall Listen(long id, IEnumerable<string> taskIds, ListenAck ack, WatchedStates tasks)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, McpMethod.Listen);
        message.Write("{\"notifications\":"u8);
        ChangeMessages.WriteFilter(message, ListKinds.None, [], taskIds);
        message.Write(",\"_meta\":"u8);
        message.Write(Meta);
        message.Write("}}"u8);
        return new UpstreamCall(id, McpMethod.Listen, message) { Ack = ack, Tasks = tasks };
    }

    /// <summary>Asks how a task is.</summary>
    public static UpstreamCall Get(long id, string taskId)
    {
        var message = Utf8Buffer.Rent();
        McpMessages.BeginRequest(message, id, McpMethod.GetTask);
        message.Write("{\"taskId\":"u8);
        JsonText.Write(message, taskId);
        message.Write(",\"_meta\":"u8);
        message.Write(Meta);
        message.Write("}}"u8);
        return new UpstreamCall(id, McpMethod.GetTask, message) { NameHeader = HeaderValue.Encode(taskId) };
    }
}
