using System.Buffers.Binary;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>
/// Writes keys: what is asked for, by which configuration and with which arguments, and at the end for whom. They are compared whole.
/// </summary>
internal static class CacheKeys
{
    // What asks for more is asked for once; comparing it would cost more than it saves.
    private const int LargestArguments = 32 * 1024;

    /// <summary>Writes the key up to the caller.</summary>
    /// <returns>Whether the request can be compared with others at all.</returns>
    public static bool TryWrite(KeyBuffer key, McpContext context, CachePlan plan, RequestMetadata metadata)
    {
        var arguments = context.Slice(context.Envelope.Arguments);
        if (arguments.Length + context.Envelope.Meta.Length > LargestArguments)
        {
            return false;
        }

        return TryWritePlain(key, arguments, plan) && metadata.TryWrite(key, context);
    }

    /// <summary>As <see cref="TryWrite"/>, for a request without any metadata.</summary>
    public static bool TryWritePlain(KeyBuffer key, ReadOnlySpan<byte> arguments, CachePlan plan)
    {
        key.Write(plan.KeyPrefix);
        if (!arguments.IsEmpty && !CanonicalJson.TryWrite(key, arguments))
        {
            return false;
        }

        key.Write((byte)'M');
        return true;
    }

    /// <summary>Ends a key that is for everybody.</summary>
    public static void EndShared(KeyBuffer key)
    {
        key.Write((byte)'-');
        key.Write(0);
    }

    /// <summary>Ends a key that is for one caller; the length comes last, so that the end can be told from behind.</summary>
    public static void EndFor(KeyBuffer key, string caller)
    {
        var start = key.Length;
        key.Write((byte)'C');
        key.Advance(System.Text.Encoding.UTF8.GetBytes(caller, key.GetSpan(System.Text.Encoding.UTF8.GetMaxByteCount(caller.Length))));
        key.Write(key.Length - start - 1);
    }

    /// <summary>The same key for everybody.</summary>
    public static byte[] Shared(byte[] key)
    {
        var caller = BinaryPrimitives.ReadInt32LittleEndian(key.AsSpan(key.Length - sizeof(int)));
        byte[] shared = [.. key.AsSpan(0, key.Length - sizeof(int) - caller - 1), (byte)'-', 0, 0, 0, 0];
        return shared;
    }
}
