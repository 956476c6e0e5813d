using McpHub.Bridging;
using McpHub.Protocol;

namespace McpHub.Pipeline.Nested;

/// <summary>
/// Where the messages of a nested call go: its progress to whoever made it; what the client is asked, and a session's log messages, to
/// the client. A modern client that named a log level gets the logs of its own call alone.
/// </summary>
/// <param name="progress">Gets the progress; <see langword="null"/> if nobody does.</param>
/// <param name="client">The way to the client.</param>
/// <param name="isSession">Whether the client has a session.</param>
internal sealed class NestedStream(IClientStream? progress, CallRelay client, bool isSession) : IClientStream
{
    public bool TrySend(Utf8Buffer message)
    {
        var failure = EnvelopeReader.Read(message.Span, out var envelope);
        if (failure is null && envelope.Method == McpMethod.ProgressNotification && progress is not null)
        {
            return progress.TrySend(message);
        }

        if (failure is null && isSession && envelope.Method != McpMethod.ProgressNotification)
        {
            return client.TrySend(message);
        }

        message.Dispose();
        return false;
    }
}
