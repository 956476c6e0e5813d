namespace McpHub.Testing;

/// <summary>Measures what code allocates on its own thread.</summary>
internal static class Allocations
{
    private const int MostTries = 10;

    /// <summary>What one run of the code allocates.</summary>
    /// <returns>
    /// Bytes; the least of several runs. A collection that another test causes takes what is left of the thread's own piece of memory, and
    /// that counts as allocated by it; what the code allocates it allocates each time.
    /// </returns>
    public static long Of(Action code)
    {
        var least = long.MaxValue;
        for (var i = 0; i < MostTries && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            code();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
