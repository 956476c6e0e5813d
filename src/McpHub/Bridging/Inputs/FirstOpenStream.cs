using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>Several ways to the same client, of which a message takes the first that is open.</summary>
internal sealed class FirstOpenStream(IReadOnlyList<IClientStream> streams) : IClientStream
{
    public bool TrySend(Utf8Buffer message)
    {
        using (message)
        {
            foreach (var stream in streams)
            {
                if (stream.TrySend(Utf8Buffer.CopyOf(message.Span)))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
