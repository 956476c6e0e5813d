using System.Text.Json.Nodes;
using McpHub.ConformanceServer.Tasks;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Subscriptions;

/// <summary>One change to tell of.</summary>
/// <param name="Method">The notification that tells of it.</param>
/// <param name="Uri">The resource that changed; null for a list.</param>
/// <param name="Task">The task that changed, as it is now; null for anything else.</param>
internal readonly record struct Change(string Method, string? Uri = null, JsonObject? Task = null)
{
    public const string TaskMethod = "notifications/tasks";

    public static readonly Change Tools = new(NotificationMethods.ToolListChangedNotification);
    public static readonly Change Prompts = new(NotificationMethods.PromptListChangedNotification);
    public static readonly Change Resources = new(NotificationMethods.ResourceListChangedNotification);

    public static Change Resource(string uri) => new(NotificationMethods.ResourceUpdatedNotification, uri);

    public static Change OfTask(FixtureTask task) => new(TaskMethod, Task: task.Describe());
}
