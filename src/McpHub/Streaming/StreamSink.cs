using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary>Takes the progress of a call as the parts of a stream. Thread-safe.</summary>
/// <remarks>
/// Native tools and HTTP servers wait for the reader, each in its own way: the one for its part to be taken, the other, whose answer
/// has a connection of its own, before more of it is read. Servers that have one pipe for all calls cannot wait for one of them: their
/// parts are taken up to the most that a stream may hold, and then the stream fails.
/// </remarks>
internal sealed class StreamSink(HubStream stream) : IClientStream
{
    public bool KeepsParts => true;

    public bool TrySend(Utf8Buffer message)
    {
        using (message)
        {
            return PartMessage.Read(message.Span) is { } part && Check(stream.Buffer.TryAppend(part), part.Length);
        }
    }

    public async ValueTask<bool> SendAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        byte[]? part;
        using (message)
        {
            part = PartMessage.Read(message.Span);
        }

        return part is not null && Check(await stream.Buffer.AppendAsync(part, cancellationToken), part.Length);
    }

    public Task WhenReadyAsync() => stream.Buffer.WhenRoomAsync();

    private bool Check(AppendOutcome outcome, int bytes)
    {
        switch (outcome)
        {
            case AppendOutcome.Taken:
                return true;
            case AppendOutcome.StreamFull:
                Fail($"A part of {bytes} bytes is more than the stream may hold with what was not read yet (gateway.streams.maxBytes).");
                return false;
            case AppendOutcome.AllFull:
                Fail("All streams together have taken the bytes that they may, those that run as much as they may fill before they are paused (gateway.streams.maxTotalBytes, highWatermark).");
                return false;
            default:
                return false;
        }
    }

    private void Fail(string reason) => stream.Stop(StreamStatus.Failed, FailureKind.PayloadTooLarge, reason + " The tool was cancelled.");
}
