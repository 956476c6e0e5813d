using System.Buffers.Text;
using System.Diagnostics;

namespace McpHub.LoadTests.Load;

/// <summary>
/// Drives a process over its standard input and output with many requests in flight: reads as many answers as one read
/// brings, and writes as many new requests in one write. All that is in flight fits into the two pipes, so that neither
/// side can block the other.
/// </summary>
internal sealed class PipeLoad
{
    private const int SlotCount = 1 << 16;

    private readonly Stream _input;
    private readonly Stream _output;
    private readonly LoadRequest _request;
    private readonly LoadWindow _window;
    private readonly LoadTally _tally;
    private readonly byte[] _line;
    private readonly int _idOffset;
    private readonly byte[] _requests;
    private readonly int[] _idInSlot = new int[SlotCount];
    private readonly long[] _sentInSlot = new long[SlotCount];
    private byte[] _received = new byte[64 * 1024];
    private int _filled;
    private int _nextId;
    private int _inFlight;

    /// <param name="input">What the process reads.</param>
    /// <param name="output">What the process writes.</param>
    /// <param name="request">The request that is repeated.</param>
    /// <param name="firstId">An id above all that this process has seen.</param>
    /// <param name="window">How long and how hard.</param>
    /// <param name="started">Called when counting starts.</param>
    /// <param name="ended">Called when counting ends.</param>
    public PipeLoad(Stream input, Stream output, LoadRequest request, int firstId, LoadWindow window, Action started, Action ended)
    {
        (_input, _output, _request, _nextId, _window) = (input, output, request, firstId, window);
        _line = [.. request.Body, (byte)'\n'];
        _idOffset = _line.AsSpan().IndexOf("100000000"u8);
        _requests = new byte[_line.Length * window.InFlight];
        _tally = new LoadTally(window, started, ended);
    }

    /// <summary>The id after the last one that was used.</summary>
    public int NextId => _nextId;

    public LoadResult Run(CancellationToken cancellationToken)
    {
        SendNew(_window.InFlight);
        while (_inFlight > 0)
        {
            var answered = Receive();
            _tally.Advance(Stopwatch.GetTimestamp());
            if (!_tally.IsOver && !cancellationToken.IsCancellationRequested)
                SendNew(answered);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return _tally.ToResult(unsent: 0);
    }

    private void SendNew(int count)
    {
        if (count == 0)
            return;
        var now = Stopwatch.GetTimestamp();
        for (var index = 0; index < count; index++)
        {
            var line = _requests.AsSpan(index * _line.Length, _line.Length);
            _line.CopyTo(line);
            Utf8Formatter.TryFormat(_nextId, line[_idOffset..], out _);
            var slot = _nextId % SlotCount;
            if (_idInSlot[slot] != 0)
                _tally.Failed("A request is still not answered after 65536 others.");
            (_idInSlot[slot], _sentInSlot[slot]) = (_nextId, now);
            _nextId++;
        }

        _inFlight += count;
        _input.Write(_requests, 0, count * _line.Length);
        _input.Flush();
    }

    // Returns how many answers came.
    private int Receive()
    {
        if (_filled == _received.Length)
            Array.Resize(ref _received, _received.Length * 2);
        var read = _output.Read(_received, _filled, _received.Length - _filled);
        if (read == 0)
            throw new IOException("The process closed its output.");
        _filled += read;

        var now = Stopwatch.GetTimestamp();
        var answered = 0;
        var rest = _received.AsSpan(0, _filled);
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            answered += Take(rest[..end], now) ? 1 : 0;
            rest = rest[(end + 1)..];
        }

        rest.CopyTo(_received);
        _filled = rest.Length;
        return answered;
    }

    private bool Take(ReadOnlySpan<byte> line, long now)
    {
        // A line without an id is a notification, and a server may send those.
        var idStart = line.IndexOf("\"id\":"u8) + 5;
        if (idStart < 5 || !Utf8Parser.TryParse(line[idStart..], out int id, out var digits) || _idInSlot[id % SlotCount] != id)
            return false;

        var slot = id % SlotCount;
        _idInSlot[slot] = 0;
        _inFlight--;
        if (_request.IsAnsweredBy(line, line.Slice(idStart, digits)))
            _tally.Answered(_sentInSlot[slot], now, line.Length);
        else
            _tally.Failed(System.Text.Encoding.UTF8.GetString(line[..Math.Min(line.Length, 300)]));
        return true;
    }
}
