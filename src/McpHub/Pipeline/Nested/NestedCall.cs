using McpHub.Batching;
using McpHub.Protocol;

namespace McpHub.Pipeline.Nested;

/// <summary>A call of one tool on behalf of a running one.</summary>
/// <param name="ToolJson">The tool's name as its caller sees it, as JSON with its quotes.</param>
/// <param name="Arguments">The arguments object; empty for none.</param>
internal readonly record struct NestedCall(ReadOnlyMemory<byte> ToolJson, ReadOnlyMemory<byte> Arguments)
{
    /// <param name="tool">The tool's name as its caller sees it.</param>
    /// <param name="arguments">The arguments object; empty for none.</param>
    public NestedCall(string tool, ReadOnlyMemory<byte> arguments)
        : this(JsonText.Encode(tool), arguments)
    {
    }

    /// <summary>Gets the call's <c>notifications/progress</c>, which it is asked for then; <see langword="null"/> for none.</summary>
    public IClientStream? Progress { get; init; }

    /// <summary>Whether a result's text is of no use where it has structured content too, and need not be written.</summary>
    public bool SkipsText { get; init; }

    /// <summary>How long the call may take, beside the limits that every call of the tool has; <see langword="null"/> for those alone.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Its place among several calls that become one; <see langword="null"/> for a call by itself.</summary>
    public BulkSeat? Seat { get; init; }

    /// <summary>Whether it may be held up a little, so that it becomes one with others.</summary>
    public bool IsUnhurried { get; init; }
}
