using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using McpHub.LoadTests.Http;
using McpHub.LoadTests.Native;

namespace McpHub.LoadTests.Load;

/// <summary>
/// Drives one endpoint over some connections from one thread that waits for all of them at once, so that the generator
/// takes little of the two cores from the process under test.
/// </summary>
internal sealed class HttpLoad : IDisposable
{
    private const int PollMilliseconds = 100;

    private readonly LoadWindow _window;
    private readonly LoadTally _tally;
    private readonly IPacer _pacer;
    private readonly ReadinessQueue _queue = new();
    private readonly LoadConnection?[] _connections;
    private readonly Stack<int> _idle = [];
    private int _nextId = McpRequests.FirstId;
    private int _open;

    /// <summary>Opens the connections, and the sessions of legacy clients.</summary>
    public HttpLoad(Uri endpoint, LoadRequest request, LoadWindow window, Action started, Action ended)
    {
        _window = window;
        _connections = new LoadConnection[window.InFlight];
        try
        {
            for (var key = 0; key < _connections.Length; key++)
                Open(key, endpoint, request);
        }
        catch
        {
            Dispose();
            throw;
        }

        _tally = new LoadTally(window, started, ended);
        _pacer = window.Rate is { } rate ? new OpenLoopPacer(rate) : new ClosedLoopPacer();
    }

    public LoadResult Run(CancellationToken cancellationToken)
    {
        var nextCheck = Stopwatch.GetTimestamp();
        while (!_tally.IsOver && _open > 0 && !cancellationToken.IsCancellationRequested)
        {
            var now = Stopwatch.GetTimestamp();
            _tally.Advance(now);
            SendDue(now);
            TakeReady();
            if (now >= nextCheck)
            {
                DropSilent(now);
                nextCheck = now + Stopwatch.Frequency;
            }
        }

        _tally.End();
        cancellationToken.ThrowIfCancellationRequested();
        var unsent = CountUnsent();
        Drain();
        return _tally.ToResult(unsent);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection?.Dispose();
        _queue.Dispose();
    }

    private void Open(int key, Uri endpoint, LoadRequest request)
    {
        var connection = new LoadConnection(endpoint, request);
        _connections[key] = connection;
        connection.StartLoad();
        _queue.Add(connection.Socket, key);
        _idle.Push(key);
        _open++;
    }

    private void SendDue(long now)
    {
        while (_idle.Count > 0 && _pacer.TryTake(now, out var intended))
            Send(_idle.Pop(), intended);
        if (_idle.Count > 0 && _pacer.NextDue is { } due)
            _queue.SetAlarm(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due));
    }

    private void TakeReady()
    {
        var ready = _queue.Wait(PollMilliseconds);
        for (var index = 0; index < ready; index++)
        {
            // The alarm only ends the wait: what is due is sent before the next one.
            if (_queue.KeyAt(index) is var key and not ReadinessQueue.AlarmKey)
                Take(key);
        }
    }

    private void Take(int key)
    {
        var connection = _connections[key]!;
        try
        {
            var intended = connection.Intended;
            if (!connection.TryReceive(out var answer))
                return;

            var now = Stopwatch.GetTimestamp();
            if (answer.Status == (int)HttpStatusCode.OK && connection.IsRight(answer.Body))
                _tally.Answered(intended, now, answer.Body.Length);
            else
                _tally.Failed(answer.ToString());

            if (!_tally.IsOver && _pacer.TryTake(now, out var nextIntended))
                Send(key, nextIntended);
            else
                _idle.Push(key);
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidDataException)
        {
            Drop(key, exception.Message);
        }
    }

    private void Send(int key, long intended)
    {
        try
        {
            _connections[key]!.Send(_nextId++, intended);
        }
        catch (SocketException exception)
        {
            Drop(key, exception.Message);
        }
    }

    private void DropSilent(long now)
    {
        for (var key = 0; key < _connections.Length; key++)
        {
            if (_connections[key] is { Intended: not 0 } connection
                && Stopwatch.GetElapsedTime(connection.Intended, now) > LoadWindow.AnswerTimeout + _window.Duration)
            {
                Drop(key, "No answer came in time.");
            }
        }
    }

    private void Drop(int key, string reason)
    {
        _tally.Failed(reason);
        _queue.Remove(_connections[key]!.Socket);
        _connections[key]!.Dispose();
        _connections[key] = null;
        _open--;
    }

    private long CountUnsent()
    {
        long unsent = 0;
        if (_window.Rate is null)
            return unsent;
        for (; _pacer.TryTake(_tally.CountEnd, out var intended); unsent++)
            _tally.NeverSent(intended);
        return unsent;
    }

    // What is in flight when the window ends has to be answered too.
    private void Drain()
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(LoadWindow.AnswerTimeout.TotalSeconds * Stopwatch.Frequency);
        while (_idle.Count < _open)
        {
            if (Stopwatch.GetTimestamp() > deadline)
            {
                _tally.Failed("No answer came in time.");
                return;
            }

            TakeReady();
        }
    }
}
