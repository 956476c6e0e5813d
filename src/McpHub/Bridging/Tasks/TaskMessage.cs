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
        var members = new JsonMembers(task);
        while (members.MoveNext())
        {
            if (members.NameIs("taskId"u8))
            {
                copy.Member("taskId"u8, clientId);
            }
            else if (members.NameIs("result"u8) && !uris.IsIdentity)
            {
                copy.Begin("result"u8);
                WriteToolResult(buffer, members.Value, uris);
            }
            else
            {
                copy.Copy(members);
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
