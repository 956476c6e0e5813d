using McpHub.Composition.Running;

namespace McpHub.Composition.Values;

/// <summary>What pointers see at one place of a run.</summary>
/// <param name="Input">The arguments of the composition's call.</param>
/// <param name="Steps">What has come of the steps so far. Those that the place depends on have ended, and nobody writes them any more.</param>
/// <param name="Item">The item of <c>forEach</c>; empty outside.</param>
/// <param name="Index">Its place, as JSON; empty outside.</param>
/// <param name="Error">In a fallback, why it is taken; else empty.</param>
internal readonly record struct ValueScope(
    ReadOnlyMemory<byte> Input, StepRecord[] Steps, ReadOnlyMemory<byte> Item = default, ReadOnlyMemory<byte> Index = default, ReadOnlyMemory<byte> Error = default)
{
    /// <summary>The value that a root stands for; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Of(ValueRoot root, int step) => root switch
    {
        ValueRoot.Input => Input,
        ValueRoot.Step => Steps[step].Output,
        ValueRoot.StepError => Steps[step].ErrorJson,
        ValueRoot.Item => Item,
        ValueRoot.Index => Index,
        _ => Error,
    };
}
