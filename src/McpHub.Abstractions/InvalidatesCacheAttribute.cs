namespace McpHub;

/// <summary>Tells what a native tool's method changes: results that are cached under one of the tags are dropped after each of its calls.</summary>
/// <param name="tags">The tags, with the values of arguments in braces (<c>agent:{agentId}</c>). An argument that a call lacks stands for all values.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InvalidatesCacheAttribute(params string[] tags) : Attribute
{
    /// <summary>The tags.</summary>
    public IReadOnlyList<string> Tags { get; } = tags;
}
