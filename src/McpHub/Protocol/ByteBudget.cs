namespace McpHub.Protocol;

/// <summary>How many bytes what is held together may still have. Thread-safe.</summary>
/// <param name="most">The most that may be held.</param>
internal sealed class ByteBudget(long most)
{
    private long _taken;

    /// <summary>The most that may be held.</summary>
    public long Most => most;

    /// <summary>What is left.</summary>
    public long Left => Math.Max(most - Interlocked.Read(ref _taken), 0);

    /// <returns>Whether there was so much left; if not, nothing is taken, and what is smaller may still fit.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= most)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    /// <summary>Gives back what was taken and is no longer held.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
