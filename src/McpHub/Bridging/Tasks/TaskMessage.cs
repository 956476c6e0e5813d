using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging.Tasks;

/// <summary>
/// Writes what a source says of a task for a client: the client's id in the place of the source's, the URIs as the client knows them,
/// and everything else as it came. Good for the three forms that a task has: the answer to a call, the answer to <c>tasks/get</c>,
/// and the parameters of <c>notifications/tasks</c>.
/// </summary>
internal static class TaskMessage
{
    /// <param name="buffer">Where to write.</param>
    /// <param name="task">The object with the members of the task.</param>
    /// <param name="clientId">The id that the client knows, as JSON with its quotes.</param>
    /// <param name="uris">URIs of the source that clients see under another name.</param>
    public static void Write(Utf8Buffer buffer, ReadOnlySpan<byte> task, ReadOnlySpan<byte> clientId, UriMap uris)
    {
        var copy = new ObjectCopy(buffer);
        WriteMembers(ref copy, task, clientId, uris, subscription: []);
        copy.End();
    }

    /// <summary>Writes the whole <c>notifications/tasks</c> that tells a listen request how a task is.</summary>
    /// <param name="task">The source's params of such a notification, or its answer to <c>tasks/get</c>.</param>
    /// <param name="clientId">The id that the client knows, as JSON with its quotes.</param>
    /// <param name="subscription">The id of the listen request, as JSON.</param>
    /// <param name="uris">URIs of the source that clients see under another name.</param>
    public static byte[] Notification(ReadOnlySpan<byte> task, ReadOnlySpan<byte> clientId, ReadOnlySpan<byte> subscription, UriMap uris)
    {
        using var buffer = Utf8Buffer.Rent(task.Length + 512);
        McpMessages.BeginNotification(buffer, McpMethod.TaskNotification);
        buffer.Write(",\"params\":"u8);
        var parameters = new ObjectCopy(buffer);
        parameters.Begin("_meta"u8);
        WriteMeta(buffer, task, subscription);
        WriteMembers(ref parameters, task, clientId, uris, subscription);
        parameters.End();
        buffer.Write((byte)'}');
        return buffer.Span.ToArray();
    }

    /// <param name="subscription">The listen request; empty for an answer. A notification has its own metadata, and no kind of result.</param>
    private static void WriteMembers(ref ObjectCopy copy, ReadOnlySpan<byte> task, ReadOnlySpan<byte> clientId, UriMap uris, ReadOnlySpan<byte> subscription)
    {
        var members = new JsonMembers(task);
        while (members.MoveNext())
        {
            if (!subscription.IsEmpty && (members.NameIs("_meta"u8) || members.NameIs("resultType"u8)))
            {
                continue;
            }

            if (members.NameIs("taskId"u8))
            {
                copy.Member("taskId"u8, clientId);
            }
            else if (members.NameIs("result"u8) && !uris.IsIdentity)
            {
                copy.Begin("result"u8);
                WriteToolResult(copy.Buffer, members.Value, uris);
            }
            else
            {
                copy.Copy(members);
            }
        }
    }

    /// <summary>
    /// The client's subscription in the place of the gateway's own, and what else the source says. Which server it is belongs into results:
    /// where it stands in an answer to <c>tasks/get</c>, it doesn't become part of the notification.
    /// </summary>
    private static void WriteMeta(Utf8Buffer buffer, ReadOnlySpan<byte> task, ReadOnlySpan<byte> subscription)
    {
        var copy = new ObjectCopy(buffer);
        copy.Member(MetaKeys.SubscriptionId, subscription);
        if (JsonMembers.TryGet(task, "_meta"u8, out var meta))
        {
            var members = new JsonMembers(meta);
            while (members.MoveNext())
            {
                if (!members.NameIs(MetaKeys.SubscriptionId) && !members.NameIs(MetaKeys.ServerInfo))
                {
                    copy.Copy(members);
                }
            }
        }

        copy.End();
    }

    /// <summary>The result of the tool, which stands in the task when it is completed.</summary>
    private static void WriteToolResult(Utf8Buffer buffer, ReadOnlySpan<byte> result, UriMap uris)
    {
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(result);
        while (members.MoveNext())
        {
            if (members.NameIs("content"u8))
            {
                copy.Begin("content"u8);
                ContentTranslator.Write(buffer, members.Value, Revisions.Latest, uris);
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }
}
