namespace McpHub;

/// <summary>Something that has happened and that cached results may depend on. Immutable.</summary>
public interface ICacheEvent
{
    /// <summary>The tags whose cached results are not good any more; may be empty. A <c>*</c> stands for any text.</summary>
    IReadOnlyList<string> Tags { get; }
}
