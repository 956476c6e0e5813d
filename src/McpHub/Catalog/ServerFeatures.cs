namespace McpHub.Catalog;

/// <summary>The capabilities of a server that decide which methods it answers.</summary>
[Flags]
internal enum ServerFeatures : byte
{
    None = 0,
    Tools = 1,
    Prompts = 2,
    Resources = 4,
    Completions = 8,
    Logging = 16,

    /// <summary>Its resources can be subscribed to.</summary>
    Subscriptions = 32,

    /// <summary>The extension <c>io.modelcontextprotocol/tasks</c>.</summary>
    Tasks = 64,
}
