using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>What became of one item. Immutable.</summary>
internal sealed record ItemOutcome
{
    public required ItemStatus Status { get; init; }

    /// <summary>The tool's result, of a call that has one.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>The JSON-RPC code of an error; 0 where the tool wasn't called at all.</summary>
    public int Code { get; init; }

    /// <summary>What went wrong.</summary>
    public string Message { get; init; } = "";

    /// <summary>The <c>data</c> of an error as JSON; empty for most.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>How long the call took, without the wait for a place.</summary>
    public TimeSpan Duration { get; init; }

    public bool IsFromCache { get; init; }

    /// <summary>The item whose call this is the result of, where equal items were done once; <see langword="null"/> for its own.</summary>
    public string? SameAs { get; init; }

    /// <summary>After how many seconds the call may be made again, of which it is sure that it has not run; 0 where that is not so.</summary>
    public int RetryAfter { get; init; }

    public bool IsSuccess => Status == ItemStatus.Succeeded;

    /// <summary>An error of the gateway's own.</summary>
    public static ItemOutcome Of(FailureKind kind, string message) => new() { Status = ItemStatus.Failed, Code = Failures.Of(kind).Code, Message = message };
}
