using System.Buffers;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Servers;

/// <summary>
/// The small MCP server on standard input and output: takes as many lines as one read brings, and writes their answers in
/// one write. Ends when its input ends.
/// </summary>
internal sealed class StdioUpstream(EchoMcpServer server)
{
    private readonly ArrayBufferWriter<byte> _answers = new(64 * 1024);
    private byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    public void Run()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        while (input.Read(_buffer.AsSpan(_filled)) is > 0 and var read)
        {
            _filled += read;
            AnswerLines();
            if (_answers.WrittenCount > 0)
            {
                output.Write(_answers.WrittenSpan);
                _answers.ResetWrittenCount();
            }
        }
    }

    private void AnswerLines()
    {
        var rest = _buffer.AsSpan(0, _filled);
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var before = _answers.WrittenCount;
            server.Answer(rest[..end], default, _answers);
            if (_answers.WrittenCount > before)
                _answers.Write("\n"u8);
            rest = rest[(end + 1)..];
        }

        rest.CopyTo(_buffer);
        _filled = rest.Length;
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
