using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>Stands where a request has no way to its client but the answer.</summary>
internal sealed class NullClientStream : IClientStream
{
    public static NullClientStream Instance { get; } = new();

    public bool TrySend(Utf8Buffer message)
    {
        message.Dispose();
        return false;
    }
}
