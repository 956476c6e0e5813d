namespace McpHub.Composition.Values;

/// <summary>What a pointer of a composition starts from: its first segment.</summary>
internal enum ValueRoot : byte
{
    /// <summary><c>/input</c>: the arguments of the composition's call.</summary>
    Input,

    /// <summary><c>/steps/ID</c>: the output of a step.</summary>
    Step,

    /// <summary><c>/errors/ID</c>: why a step has failed.</summary>
    StepError,

    /// <summary><c>/item</c>: the item of <c>forEach</c>.</summary>
    Item,

    /// <summary><c>/index</c>: the place of the item, from 0.</summary>
    Index,

    /// <summary><c>/error</c>: in a fallback, why it is taken.</summary>
    Error,
}
