namespace McpHub;

/// <summary>Puts a native tool, or every tool of a class, into a category of the registry.</summary>
/// <param name="name">The category, for example <c>task_management</c>; shown by <c>hub_list_servers</c> and the command line.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ToolCategoryAttribute(string name) : Attribute
{
    /// <summary>The category's name.</summary>
    public string Name { get; } = name;
}
