using McpHub.Composition.Definitions;
using McpHub.Protocol;

namespace McpHub.Composition.Running;

/// <summary>A failure of a step, fit to be shown to the caller.</summary>
internal sealed record StepFailure(StepFailureKind Kind, string Message)
{
    /// <summary>A step gives more than is left for the outputs of its run.</summary>
    public static StepFailure OutputsTooLarge { get; } = new(
        StepFailureKind.TooLarge, $"the outputs of the steps are larger than {CompositionLimits.MostOutput / (1024 * 1024)} MB together.");

    /// <summary>The kind as definitions and results spell it.</summary>
    public static string Word(StepFailureKind kind)
    {
        var name = kind.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    public bool IsOneOf(RetryOn wanted) => Kind <= StepFailureKind.Error && wanted.HasFlag((RetryOn)(1 << (int)Kind));

    /// <summary>What <c>/errors/ID</c> and <c>/error</c> point to.</summary>
    public byte[] ToJson()
    {
        using var buffer = Utf8Buffer.Rent();
        var copy = new ObjectCopy(buffer);
        copy.Begin("kind"u8);
        JsonText.Write(buffer, Word(Kind));
        copy.Begin("message"u8);
        JsonText.Write(buffer, Message);
        copy.End();
        return buffer.Span.ToArray();
    }
}
