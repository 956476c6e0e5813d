using McpHub.Caching;

namespace McpHub.Batching;

/// <summary>What makes two items the same call: the tool, and arguments that mean the same.</summary>
internal static class ItemKey
{
    // Comparing more would cost more than it saves.
    private const int LargestParams = 32 * 1024;

    /// <returns><see langword="null"/> if the item can't be compared with others.</returns>
    public static byte[]? Of(string tool, ReadOnlySpan<byte> parameters)
    {
        if (parameters.Length > LargestParams)
        {
            return null;
        }

        var key = KeyBuffer.OfThread;
        key.WriteSized(tool);
        return CanonicalJson.TryWrite(key, parameters) ? key.Span.ToArray() : null;
    }
}
