namespace McpHub;

/// <summary>Gives a native tool, or every tool of a class, tags by which rules of the policy may name it. Those of the method are added to those of its class.</summary>
/// <param name="tags">The tags, for example <c>internal</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ToolTagsAttribute(params string[] tags) : Attribute
{
    /// <summary>The tags.</summary>
    public IReadOnlyList<string> Tags { get; } = tags;
}
