using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>An upstream's response: its bytes, and where result or error lie. Whoever takes it disposes it or passes the buffer on.</summary>
internal readonly struct UpstreamReply(Utf8Buffer buffer, Envelope envelope) : IDisposable
{
    public Utf8Buffer Buffer { get; } = buffer;

    public Envelope Envelope { get; } = envelope;

    public bool IsError => Envelope.Error.IsPresent;

    public ReadOnlyMemory<byte> Result => Envelope.Result.Of(Buffer.Memory);

    public ReadOnlyMemory<byte> Error => Envelope.Error.Of(Buffer.Memory);

    /// <summary>The error's code; 0 where the upstream sent none.</summary>
    public int ErrorCode =>
        JsonMembers.TryGet(Error.Span, "code"u8, out var code) && System.Buffers.Text.Utf8Parser.TryParse(code, out int value, out var read) && read == code.Length
            ? value
            : 0;

    /// <summary>What the upstream says of the error; <see langword="null"/> where it says nothing.</summary>
    public string? ErrorMessage => JsonMembers.TryGet(Error.Span, "message"u8, out var message) ? JsonText.Decode(message) : null;

    /// <summary>Whether the error is one of JSON-RPC: clients fail over others, some without an end.</summary>
    public bool IsGoodError =>
        JsonMembers.TryGet(Error.Span, "code"u8, out var code) && JsonNumber.TryParse(code, out _)
        && JsonMembers.TryGet(Error.Span, "message"u8, out var message) && message[0] == (byte)'"';

    public void Dispose() => Buffer.Dispose();
}
