using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>What the end of a call says of its server's load.</summary>
/// <param name="Duration">How long the server took to answer; zero where it wasn't asked, or its answer says nothing.</param>
/// <param name="IsOverload">Whether it was too slow to answer at all, refused, or was lost.</param>
internal readonly record struct LatencySample(TimeSpan Duration, bool IsOverload)
{
    /// <summary>Nothing: an answer of the cache, or a refusal of the gateway's own.</summary>
    public static LatencySample None => default;

    public static LatencySample Overload => new(default, true);

    /// <summary>What an error of the gateway's own says.</summary>
    public static LatencySample OfFailure(FailureKind kind) =>
        kind is FailureKind.UpstreamUnavailable or FailureKind.UpstreamLost or FailureKind.TimedOut ? Overload : None;
}
