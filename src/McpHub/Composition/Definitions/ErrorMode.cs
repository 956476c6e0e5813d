namespace McpHub.Composition.Definitions;

/// <summary>What becomes of a composition when one of its steps has failed.</summary>
internal enum ErrorMode : byte
{
    /// <summary>It fails.</summary>
    Fail,

    /// <summary>It goes on; the step has no output.</summary>
    Continue,

    /// <summary>Another call takes the step's place.</summary>
    Fallback,
}
