using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Subscriptions;

/// <summary>One change to tell of.</summary>
/// <param name="Method">The notification that tells of it.</param>
/// <param name="Uri">The resource that changed; null for a list.</param>
internal readonly record struct Change(string Method, string? Uri = null)
{
    public static readonly Change Tools = new(NotificationMethods.ToolListChangedNotification);
    public static readonly Change Prompts = new(NotificationMethods.PromptListChangedNotification);
    public static readonly Change Resources = new(NotificationMethods.ResourceListChangedNotification);

    public static Change Resource(string uri) => new(NotificationMethods.ResourceUpdatedNotification, uri);
}
