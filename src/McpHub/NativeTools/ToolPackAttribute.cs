namespace McpHub.NativeTools;

/// <summary>Makes the tools of a class a pack, which <c>gateway.packs</c> names to have them served.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ToolPackAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
