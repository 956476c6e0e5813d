using McpHub.Composition.Definitions;

namespace McpHub.Composition.Running;

/// <summary>How many bytes the steps of one run may still give. Thread-safe.</summary>
internal sealed class OutputBudget
{
    private long _taken;

    /// <summary>What a step fails with that gives more than is left.</summary>
    public static StepFailure Exceeded { get; } = new(
        StepFailureKind.TooLarge, $"the outputs of the steps are larger than {CompositionLimits.MostOutput / (1024 * 1024)} MB together.");

    /// <summary>What is left, in bytes.</summary>
    public int Left => (int)Math.Max(CompositionLimits.MostOutput - Interlocked.Read(ref _taken), 0);

    /// <returns>Whether there was so much left; if not, nothing is taken.</returns>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= CompositionLimits.MostOutput)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    /// <summary>Gives back what was taken and is no longer held.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
