namespace McpHub.Configuration.Reading;

/// <summary>A key of an object, where the key stands, and its value.</summary>
internal sealed record ConfigMember(string Name, int Offset, ConfigNode Node);
