namespace McpHub.Transports.Http.Streams;

/// <summary>One message of one stream, kept until it is no use any more. Guarded by the lock of its <see cref="SessionStreams"/>.</summary>
/// <param name="stream">The stream.</param>
/// <param name="sequence">Its place in the stream.</param>
/// <param name="message">The message, on one line.</param>
/// <param name="isAnswer">Whether it is the stream's last: the response.</param>
/// <param name="at">When it was stored, in ticks of the store's clock.</param>
internal sealed class StoredEvent(SessionStream stream, long sequence, byte[] message, bool isAnswer, long at)
{
    public SessionStream Stream { get; } = stream;

    public long Sequence { get; } = sequence;

    public byte[] Message { get; } = message;

    public bool IsAnswer { get; } = isAnswer;

    public long At { get; } = at;

    /// <summary>Whether it was written to a connection; whether the client has read it, nobody knows.</summary>
    public bool IsSent { get; set; }
}
