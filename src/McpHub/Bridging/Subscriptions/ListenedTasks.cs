using McpHub.Bridging.Tasks;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>Hears of the tasks of one source for one listen request, and says it as that request's client is to be told.</summary>
internal sealed class ListenedTasks(ListenRequest request, WatchedTasks tasks, byte[] subscription) : ITaskWatcher
{
    public void OnTask(string id, ReadOnlySpan<byte> task)
    {
        foreach (var clientId in tasks.ClientIds[id])
        {
            request.TellTask(clientId, TaskMessage.Notification(task, JsonText.Encode(clientId), subscription, tasks.Uris));
        }
    }

    public void OnEnded() => request.End();
}
