using System.Text.Json;

namespace McpHub.Configuration.Reading;

/// <summary>One JSON value of the file with its place, which <see cref="JsonDocument"/> does not keep.</summary>
internal sealed class ConfigNode(string path, int offset, JsonValueKind kind, string text = "")
{
    public string Path { get; } = path;

    public int Offset { get; } = offset;

    public JsonValueKind Kind { get; } = kind;

    /// <summary>The string's value, or the number as it is written.</summary>
    public string Text { get; } = text;

    /// <summary>Of an object; a repeated name is an issue already and stands here once.</summary>
    public IReadOnlyList<ConfigMember> Members { get; init; } = [];

    /// <summary>Of an array.</summary>
    public IReadOnlyList<ConfigNode> Items { get; init; } = [];

    /// <summary>Whether the value must not be shown.</summary>
    public bool IsSecret { get; private set; }

    public ConfigNode? this[string name] => Members.FirstOrDefault(member => member.Name == name)?.Node;

    /// <summary>Keeps the value, and all within it, out of every message.</summary>
    public void MarkSecret()
    {
        IsSecret = true;
        foreach (var node in Members.Select(member => member.Node).Concat(Items))
        {
            node.MarkSecret();
        }
    }
}
