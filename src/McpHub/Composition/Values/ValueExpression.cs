using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>A value of a definition: a constant, a reference, or something with references in it. Immutable; thread-safe.</summary>
internal abstract class ValueExpression
{
    /// <summary>The references in it, in the order of the text.</summary>
    public virtual IEnumerable<ReferenceValue> References => [];

    /// <summary>Writes the value as JSON.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="scope">What the references see.</param>
    /// <returns><see langword="false"/> if there is no value; then nothing is written.</returns>
    /// <exception cref="MissingValueException">A text needs a value that there is not.</exception>
    public abstract bool TryWrite(Utf8Buffer buffer, in ValueScope scope);
}
