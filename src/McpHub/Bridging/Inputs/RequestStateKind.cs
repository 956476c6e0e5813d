namespace McpHub.Bridging.Inputs;

/// <summary>What a sealed <c>requestState</c> holds. The numbers are on the wire, in tokens that outlive a restart.</summary>
internal enum RequestStateKind : byte
{
    /// <summary>The id of a parked call.</summary>
    Parked = 1,

    /// <summary>The state that the upstream gave, as JSON.</summary>
    Upstream = 2,

    /// <summary>Nothing: the call is to be made again when the user has done what a page asked for.</summary>
    Again = 3,
}
