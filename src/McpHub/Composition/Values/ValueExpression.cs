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
    /// <param name="most">How many bytes the buffer may hold, give or take what the definition itself has between two values.</param>
    /// <returns><see langword="false"/> if there is no value; then nothing is written.</returns>
    /// <exception cref="MissingValueException">A text needs a value that there is not.</exception>
    /// <exception cref="OversizedValueException">It is more than the buffer may hold.</exception>
    public abstract bool TryWrite(Utf8Buffer buffer, in ValueScope scope, int most);

    /// <summary>Writes what fits.</summary>
    protected static void Write(Utf8Buffer buffer, ReadOnlySpan<byte> json, int most)
    {
        EnsureFits(buffer, json.Length, most);
        buffer.Write(json);
    }

    /// <summary>Asked for each value: some thousand references to something large would be more than there is memory.</summary>
    protected static void EnsureFits(Utf8Buffer buffer, int more, int most)
    {
        if (more > most - buffer.Length)
        {
            throw new OversizedValueException();
        }
    }
}
