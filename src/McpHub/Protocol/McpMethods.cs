using System.Text;

namespace McpHub.Protocol;

/// <summary>The wire names of methods, and which era has which.</summary>
internal static class McpMethods
{
    private static readonly (McpMethod Method, string Name)[] Names =
    [
        (McpMethod.Initialize, "initialize"),
        (McpMethod.Ping, "ping"),
        (McpMethod.Discover, "server/discover"),
        (McpMethod.SetLevel, "logging/setLevel"),
        (McpMethod.ListTools, "tools/list"),
        (McpMethod.CallTool, "tools/call"),
        (McpMethod.ListPrompts, "prompts/list"),
        (McpMethod.GetPrompt, "prompts/get"),
        (McpMethod.ListResources, "resources/list"),
        (McpMethod.ListResourceTemplates, "resources/templates/list"),
        (McpMethod.ReadResource, "resources/read"),
        (McpMethod.Subscribe, "resources/subscribe"),
        (McpMethod.Unsubscribe, "resources/unsubscribe"),
        (McpMethod.Complete, "completion/complete"),
        (McpMethod.Listen, "subscriptions/listen"),
        (McpMethod.GetTask, "tasks/get"),
        (McpMethod.UpdateTask, "tasks/update"),
        (McpMethod.CancelTask, "tasks/cancel"),
        (McpMethod.CreateMessage, "sampling/createMessage"),
        (McpMethod.Elicit, "elicitation/create"),
        (McpMethod.ListRoots, "roots/list"),
        (McpMethod.InitializedNotification, "notifications/initialized"),
        (McpMethod.CancelledNotification, "notifications/cancelled"),
        (McpMethod.ProgressNotification, "notifications/progress"),
        (McpMethod.MessageNotification, "notifications/message"),
        (McpMethod.RootsChangedNotification, "notifications/roots/list_changed"),
        (McpMethod.ToolsChangedNotification, "notifications/tools/list_changed"),
        (McpMethod.PromptsChangedNotification, "notifications/prompts/list_changed"),
        (McpMethod.ResourcesChangedNotification, "notifications/resources/list_changed"),
        (McpMethod.ResourceUpdatedNotification, "notifications/resources/updated"),
        (McpMethod.SubscriptionAcknowledgedNotification, "notifications/subscriptions/acknowledged"),
        (McpMethod.TaskNotification, "notifications/tasks"),
    ];

    private static readonly string[] Texts = ToTable();
    private static readonly byte[][] Utf8Names = Array.ConvertAll(Texts, Encoding.UTF8.GetBytes);

    public static McpMethod Parse(ReadOnlySpan<byte> name)
    {
        // Every call but a few is this one.
        if (name.SequenceEqual("tools/call"u8))
        {
            return McpMethod.CallTool;
        }

        // The usual ones come first, and nearly all have another length. The framework's tables would be compiled for this one at each start.
        for (var method = 1; method < Utf8Names.Length; method++)
        {
            if (name.SequenceEqual(Utf8Names[method]))
            {
                return (McpMethod)method;
            }
        }

        return McpMethod.Unknown;
    }

    public static string Text(this McpMethod method) => Texts[(int)method];

    public static ReadOnlySpan<byte> Utf8(this McpMethod method) => Utf8Names[(int)method];

    /// <summary>
    /// Whether a client of the modern era may send this request. What that era removed (<c>initialize</c>, <c>ping</c>, …)
    /// is as unknown to it as a method that never was (2026-07-28 changelog, "Major changes").
    /// </summary>
    public static bool IsModernRequest(this McpMethod method) => method is
        McpMethod.Discover or McpMethod.ListTools or McpMethod.CallTool or McpMethod.ListPrompts or McpMethod.GetPrompt or
        McpMethod.ListResources or McpMethod.ListResourceTemplates or McpMethod.ReadResource or McpMethod.Complete or McpMethod.Listen or
        McpMethod.GetTask or McpMethod.UpdateTask or McpMethod.CancelTask;

    /// <summary>Whether a server may ask this of a client.</summary>
    public static bool IsInput(this McpMethod method) => method is McpMethod.Elicit or McpMethod.CreateMessage or McpMethod.ListRoots;

    /// <summary>Whether a client of the legacy era may send this request.</summary>
    public static bool IsLegacyRequest(this McpMethod method) => method is
        McpMethod.Initialize or McpMethod.Ping or McpMethod.SetLevel or McpMethod.ListTools or McpMethod.CallTool or
        McpMethod.ListPrompts or McpMethod.GetPrompt or McpMethod.ListResources or McpMethod.ListResourceTemplates or
        McpMethod.ReadResource or McpMethod.Complete or McpMethod.Subscribe or McpMethod.Unsubscribe;

    /// <summary>Whether a request is about one resource, by its URI.</summary>
    public static bool IsOfResource(this McpMethod method) => method is McpMethod.ReadResource or McpMethod.Subscribe or McpMethod.Unsubscribe;

    /// <summary>Whether the request is about one task (tasks extension).</summary>
    public static bool IsOfTask(this McpMethod method) => method is McpMethod.GetTask or McpMethod.UpdateTask or McpMethod.CancelTask;

    /// <summary>Whether the body has a name, URI or task id that <c>Mcp-Name</c> repeats (Streamable HTTP, SEP-2243; tasks extension).</summary>
    public static bool HasNameHeader(this McpMethod method) =>
        method is McpMethod.CallTool or McpMethod.GetPrompt or McpMethod.ReadResource || method.IsOfTask();

    private static string[] ToTable()
    {
        var table = new string[Enum.GetValues<McpMethod>().Length];
        table[(int)McpMethod.Unknown] = "_OTHER";
        foreach (var (method, name) in Names)
        {
            table[(int)method] = name;
        }

        return table;
    }
}
