namespace McpHub.Protocol;

/// <summary>The methods that the gateway knows by name.</summary>
internal enum McpMethod : byte
{
    /// <summary>Anything else: answered with <c>-32601</c>, or ignored if it is a notification.</summary>
    Unknown,

    Initialize,
    Ping,
    Discover,
    SetLevel,
    ListTools,
    CallTool,
    ListPrompts,
    GetPrompt,
    ListResources,
    ListResourceTemplates,
    ReadResource,
    Subscribe,
    Unsubscribe,
    Complete,
    Listen,
    GetTask,
    UpdateTask,
    CancelTask,
    CreateMessage,
    Elicit,
    ListRoots,

    InitializedNotification,
    CancelledNotification,
    ProgressNotification,
    MessageNotification,
    RootsChangedNotification,
    ToolsChangedNotification,
    PromptsChangedNotification,
    ResourcesChangedNotification,
    ResourceUpdatedNotification,
    SubscriptionAcknowledgedNotification,
    TaskNotification,
}
