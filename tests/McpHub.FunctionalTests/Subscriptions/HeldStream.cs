using System.Collections.Concurrent;
using System.Text;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>A client's stream that takes nothing while it is full.</summary>
internal sealed class HeldStream : IClientStream
{
    private readonly ConcurrentQueue<string> _messages = new();

    public bool IsFull { get; set; }

    public IReadOnlyList<string> Messages => [.. _messages];

    public bool TrySend(Utf8Buffer message)
    {
        using (message)
        {
            if (IsFull)
            {
                return false;
            }

            _messages.Enqueue(Encoding.UTF8.GetString(message.Span));
            return true;
        }
    }
}
