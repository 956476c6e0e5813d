using System.Text;

namespace McpHub.StdioUpstream;

/// <summary>The standard streams as raw bytes, and the record of every line that came in.</summary>
internal sealed class Wire(string? record) : IDisposable
{
    private readonly Stream _input = Console.OpenStandardInput();
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Lock _lock = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _from;
    private int _to;

    /// <summary>The next line; <see langword="null"/> when the input has ended.</summary>
    public string? ReadLine()
    {
        using var line = new MemoryStream();
        while (true)
        {
            if (_from == _to)
            {
                _from = 0;
                _to = _input.Read(_buffer);
                if (_to == 0)
                {
                    return null;
                }
            }

            var end = Array.IndexOf(_buffer, (byte)'\n', _from, _to - _from);
            line.Write(_buffer, _from, (end < 0 ? _to : end) - _from);
            _from = end < 0 ? _to : end + 1;
            if (end >= 0)
            {
                var text = Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
                Note(text);
                return text;
            }
        }
    }

    public void Note(string line)
    {
        if (record is not null)
        {
            lock (_lock)
            {
                // A file for each process: those that share a record write at the same time.
                File.AppendAllText($"{record}.{Environment.ProcessId}", line + "\n");
            }
        }
    }

    public void WriteLine(string line) => Write(line + "\n");

    public void Write(string text)
    {
        lock (_lock)
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
            _output.Flush();
        }
    }

    public static void CloseOutput()
    {
        // The runtime holds copies of the descriptor, which closing would leave open; the gateway gives its children sockets.
        using var socket = new System.Net.Sockets.Socket(new System.Net.Sockets.SafeSocketHandle(1, ownsHandle: false));
        socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }
}
