using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>An upstream's response: its bytes, and where result or error lie. Whoever takes it disposes it or passes the buffer on.</summary>
/// <remarks>Keeps only what is needed of the envelope, because it is passed on from method to method.</remarks>
internal readonly struct UpstreamReply : IDisposable
{
    private readonly Slice _result;
    private readonly Slice _error;
    private readonly Slice _resultType;

    public UpstreamReply(Utf8Buffer buffer, in Envelope envelope)
    {
        Buffer = buffer;
        _result = envelope.Result;
        _error = envelope.Error;
        _resultType = envelope.ResultType;
        IsToolError = envelope.IsToolError;
    }

    public Utf8Buffer Buffer { get; }

    /// <summary>Whether the server wants input before it completes the request (2026-07-28, "Multi round-trip requests").</summary>
    public bool IsInputRequired => _resultType.IsPresent && JsonText.Is(ResultType, "input_required"u8);

    public bool IsError => _error.IsPresent;

    /// <summary>Whether it is the result of a tool that ran and failed (<c>isError</c>).</summary>
    public bool IsToolError { get; }

    public ReadOnlyMemory<byte> Result => _result.Of(Buffer.Memory);

    public ReadOnlyMemory<byte> Error => _error.Of(Buffer.Memory);

    /// <summary>The result's <c>resultType</c> as JSON; empty where it has none.</summary>
    public ReadOnlySpan<byte> ResultType => _resultType.Of(Buffer.Span);

    /// <summary>The error's code; 0 where the upstream sent none.</summary>
    public int ErrorCode =>
        JsonMembers.TryGet(Error.Span, "code"u8, out var code) && System.Buffers.Text.Utf8Parser.TryParse(code, out int value, out var read) && read == code.Length
            ? value
            : 0;

    /// <summary>What the upstream says of the error; <see langword="null"/> where it says nothing.</summary>
    public string? ErrorMessage => JsonMembers.TryGet(Error.Span, "message"u8, out var message) ? JsonText.Decode(message) : null;

    /// <summary>What the upstream says of the error, or its code, fit for a log line.</summary>
    public string ErrorText => LogText.Clean(ErrorMessage ?? $"error {ErrorCode}");

    /// <summary>Whether the error is one of JSON-RPC: clients fail over others, some without an end.</summary>
    public bool IsGoodError =>
        JsonMembers.TryGet(Error.Span, "code"u8, out var code) && JsonNumber.TryParse(code, out _)
        && JsonMembers.TryGet(Error.Span, "message"u8, out var message) && message[0] == (byte)'"';

    public void Dispose() => Buffer.Dispose();
}
