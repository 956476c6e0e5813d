namespace McpHub.Composition.Values;

/// <summary>A value that is made of others is larger than there is room for.</summary>
internal sealed class OversizedValueException() : Exception("The value is larger than there is room for.");
