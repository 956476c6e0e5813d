using System.Text.Json;
using McpHub.Bridging;
using McpHub.Pipeline;
using McpHub.Protocol;
using ModelContextProtocol;

namespace McpHub.Streaming;

/// <summary>The parts of one call of a native tool: they go out as progress, if anybody asked for it, and are the result in the end.</summary>
internal sealed class ToolStreamWriter : IToolStream, IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamRegistry _streams;
    private readonly CancellationTokenSource _waiting;
    private readonly CancellationTokenRegistration _callEnd;
    private readonly CancellationToken _callToken;
    private readonly byte[] _token;
    private readonly Revision _revision;
    private readonly bool _isKept;
    private readonly List<byte[]> _parts = [];
    private McpContext? _context;
    private bool _isText = true;
    private bool _hasReader;
    private long _count;
    private long _held;

    public ToolStreamWriter(McpContext context, StreamRegistry streams, TimeProvider time, CancellationToken cancellationToken)
    {
        _context = context;
        _streams = streams;
        _token = context.Slice(context.Envelope.ProgressToken).ToArray();
        _revision = context.Revision;
        _isKept = context.Stream.KeepsParts && _token.Length > 0;
        _callToken = cancellationToken;
        _hasReader = _token.Length > 0;
        _waiting = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _callEnd = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _waiting);
    }

    public bool HasReader => Volatile.Read(ref _hasReader);

    public ValueTask WriteAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var json = JsonText.Encode(text);
        return WriteAsync(json, json, [], cancellationToken);
    }

    public ValueTask WriteAsync<T>(T part, CancellationToken cancellationToken = default)
        where T : notnull => WritePartAsync(part, cancellationToken);

    /// <summary>Gives a part of any kind; <see langword="null"/> is one too.</summary>
    public ValueTask WritePartAsync<T>(T part, CancellationToken cancellationToken)
    {
        if (part is string text)
        {
            return WriteAsync(text, cancellationToken);
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(part, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T)));
        _isText = false;

        // Who keeps parts reads them as they are; a client may show its user nothing but the text.
        return WriteAsync(json, _isKept || !HasReader ? [] : JsonText.Encode(System.Text.Encoding.UTF8.GetString(json)), json, cancellationToken);
    }

    /// <summary>The whole result.</summary>
    /// <param name="isStructured">Whether the tool has said that it gives structured content.</param>
    /// <param name="last">What the method returned beside its parts.</param>
    public McpResult Complete(bool isStructured, string? last)
    {
        var context = _context!;
        var buffer = Utf8Buffer.Rent((int)_held + 256);
        var result = new ObjectCopy(buffer);
        result.Begin("content"u8);
        buffer.Write((byte)'[');
        if (_parts.Count > 0)
        {
            WriteBlock(buffer, _isText ? Join(_parts) : JsonText.Encode(System.Text.Encoding.UTF8.GetString(Array(_parts))));
        }

        if (last is not null)
        {
            buffer.Write(_parts.Count > 0 ? ","u8 : []);
            WriteBlock(buffer, JsonText.Encode(last));
        }

        buffer.Write((byte)']');
        if (isStructured && !_isKept)
        {
            // An array, which is wrapped for the revisions that take only objects.
            result.Member("structuredContent"u8, Array(_parts));
        }

        if (_isKept)
        {
            result.Begin("_meta"u8);
            var meta = new ObjectCopy(buffer);
            meta.Begin("io.mcphub/parts"u8);
            buffer.Write(_count);
            meta.End();
        }

        result.End();
        return NativeResult.Complete(context, buffer, isToolError: false);
    }

    /// <summary>The call has ended: what the tool still gives goes nowhere.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _context = null;
        }

        _callEnd.Dispose();
        _waiting.Dispose();
        _streams.Budget.Hold(-_held);
        _streams.Budget.Give(_held);
    }

    /// <summary>Nearly always the token is that of the call, which ends the waiting in any case.</summary>
    private ValueTask WriteAsync(byte[] json, byte[] text, byte[] data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _callToken.ThrowIfCancellationRequested();
        return cancellationToken.CanBeCanceled && cancellationToken != _callToken
            ? WriteLinkedAsync(json, text, data, cancellationToken)
            : SendAsync(json, text, data, _waiting.Token);
    }

    private async ValueTask WriteLinkedAsync(byte[] json, byte[] text, byte[] data, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_waiting.Token, cancellationToken);
        try
        {
            await SendAsync(json, text, data, either.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private async ValueTask SendAsync(byte[] json, byte[] text, byte[] data, CancellationToken cancellationToken)
    {
        ValueTask<bool> sending;
        lock (_lock)
        {
            var context = _context ?? throw new InvalidOperationException("The call of the tool has ended; its stream takes no more parts.");
            _count++;
            if (!_isKept)
            {
                Keep(json);
            }

            if (!_hasReader)
            {
                return;
            }

            var message = Utf8Buffer.Rent(json.Length + 256);
            PartMessage.Write(message, _token, _revision, _count, text, data);
            sending = context.Stream.SendAsync(message, cancellationToken);
        }

        _hasReader = sending.IsCompletedSuccessfully ? sending.Result : await WaitAsync(sending);
    }

    private async ValueTask<bool> WaitAsync(ValueTask<bool> sending)
    {

        // A stream whose reader has gone is ended where all streams are.
        var limit = _isKept ? Timeout.InfiniteTimeSpan : _streams.Config.IdleTimeout;
        var isHeld = Hold(_isKept ? _streams.Config.TotalTimeout : limit);
        _waiting.CancelAfter(limit);
        try
        {
            return await sending;
        }
        catch (OperationCanceledException) when (_waiting.IsCancellationRequested && !_callToken.IsCancellationRequested)
        {
            throw new McpException($"The caller has taken none of the parts for {limit} (gateway.streams.idleTimeout).");
        }
        finally
        {
            if (!_waiting.IsCancellationRequested)
            {
                _waiting.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            if (isHeld)
            {
                Release();
            }
        }
    }

    /// <summary>A slow reader is not the tool's fault: its deadline rests.</summary>
    private bool Hold(TimeSpan limit)
    {
        lock (_lock)
        {
            if (_context is not { HasDeadline: true } context)
            {
                return false;
            }

            context.HoldDeadline(limit);
            return true;
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            _context?.ReleaseDeadline();
        }
    }

    private void Keep(byte[] json)
    {
        var bytes = json.Length + StreamBuffer.PartOverhead;
        var most = _streams.Config.MaxBytes;
        if (_held + bytes > most)
        {
            throw new McpException($"The result is longer than {most} bytes (gateway.streams.maxBytes). Start a stream for it (hub_stream_start).");
        }

        if (!_streams.Budget.TryTake(bytes))
        {
            throw new McpException($"All streams and results in parts have taken the {_streams.Budget.Limit} bytes that they may together (gateway.streams.maxTotalBytes). Try again later.");
        }

        _held += bytes;
        _streams.Budget.Hold(bytes);
        _parts.Add(json);
    }

    private static void WriteBlock(Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        buffer.Write("{\"type\":\"text\",\"text\":"u8);
        buffer.Write(text);
        buffer.Write((byte)'}');
    }

    /// <summary>One JSON string of many.</summary>
    private static byte[] Join(List<byte[]> strings)
    {
        using var whole = Utf8Buffer.Rent(strings.Sum(static s => s.Length));
        whole.Write((byte)'"');
        foreach (var text in strings)
        {
            whole.Write(text.AsSpan(1, text.Length - 2));
        }

        whole.Write((byte)'"');
        return whole.Span.ToArray();
    }

    private static byte[] Array(List<byte[]> values)
    {
        using var whole = Utf8Buffer.Rent(values.Sum(static v => v.Length + 1) + 2);
        whole.Write((byte)'[');
        for (var i = 0; i < values.Count; i++)
        {
            whole.Write(i > 0 ? ","u8 : []);
            whole.Write(values[i]);
        }

        whole.Write((byte)']');
        return whole.Span.ToArray();
    }
}
