using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using McpHub.Configuration;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Stdio;

/// <summary>A server in a child process: one JSON message a line, in both directions.</summary>
internal sealed partial class StdioConnection : SharedStreamConnection
{
    // A child that doesn't read makes callers wait here, and then run into their deadline.
    private const int OutboundBound = 1024;

    // Lines that are ready together go out in one write.
    private const int WriteBatch = 64 * 1024;

    // Longer lines of standard error are logged in pieces.
    private const int LongestLogLine = 4096;

    /// <summary>
    /// How long the end waits for the rest of standard error, which comes another way than the end of the output. Whatever the server
    /// started may hold it open.
    /// </summary>
    internal static readonly TimeSpan LastWordsLimit = TimeSpan.FromMilliseconds(200);

    private readonly ChildProcess _process;
    private readonly TimeProvider _time;
    private readonly Channel<Utf8Buffer> _outbound =
        Channel.CreateBounded<Utf8Buffer>(new BoundedChannelOptions(OutboundBound) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _reading;
    private readonly Task _writing;
    private readonly Task _logging;
    private volatile string? _lastErrorLine;
    private int _disposed;

    public StdioConnection(string name, StdioTransportConfig config, int maxMessage, IUpstreamEvents events, TimeProvider time, ILogger logger)
        : base(name, events, logger, maxMessage)
    {
        _time = time;
        _process = ChildProcess.Start(config, time);
        LogStarted(Logger, Name, _process.Id);

        // Before the reading, which waits for it at the end.
        _logging = Task.Run(LogAsync);
        _reading = Task.Run(ReadAsync);
        _writing = Task.Run(WriteAsync);
    }

    public override async ValueTask PostAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        try
        {
            message.ToOneLine();
            message.Write((byte)'\n');
            await _outbound.Writer.WriteAsync(message, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            message.Dispose();
            throw new UpstreamException(FailureKind.UpstreamUnavailable, "The server's process has ended.", e);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Lose("The gateway closed the connection.");
        await _process.DisposeAsync();
        await _stopping.CancelAsync();
        await Task.WhenAll(_reading, _writing, _logging);
        _stopping.Dispose();
    }

    protected override async ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken) =>
        await PostAsync(Utf8Buffer.CopyOf(message.Span), cancellationToken);

    private async Task ReadAsync()
    {
        string reason;
        try
        {
            // The limit holds for one line: pauseWriterThreshold is none, because the reader itself gives up on longer ones.
            await using var stream = new NetworkStream(_process.Output, ownsSocket: false);
            var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 4096));
            while (true)
            {
                var read = await reader.ReadAsync(_stopping.Token);
                var rest = Lines(read.Buffer);
                if (rest.Length > MaxMessage)
                {
                    reason = $"The server sent a line of more than {MaxMessage} bytes.";
                    break;
                }

                if (read.IsCompleted)
                {
                    reason = await DescribeEndAsync();
                    break;
                }

                reader.AdvanceTo(rest.Start, rest.End);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            reason = await DescribeEndAsync();
        }
        catch (Exception e)
        {
            // Nobody else sees this task fail, and without its end every call would wait for its deadline.
            LogReadFailed(Logger, e, Name);
            reason = "The gateway failed to read its messages; see the log.";
        }

        _outbound.Writer.TryComplete();
        Lose(reason);
    }

    private ReadOnlySequence<byte> Lines(ReadOnlySequence<byte> buffer)
    {
        while (buffer.PositionOf((byte)'\n') is { } end)
        {
            var line = buffer.Slice(0, end);
            if (!IsBlank(line))
            {
                OnMessage(line);
            }

            buffer = buffer.Slice(buffer.GetPosition(1, end));
        }

        return buffer;
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line) =>
        line.Length == 0 || (line.Length < 16 && Encoding.UTF8.GetString(line).AsSpan().IsWhiteSpace());

    private async Task WriteAsync()
    {
        using var batch = Utf8Buffer.Rent(WriteBatch);
        try
        {
            while (await _outbound.Reader.WaitToReadAsync())
            {
                batch.Clear();
                while (batch.Length < WriteBatch && _outbound.Reader.TryRead(out var message))
                {
                    batch.Write(message.Span);
                    message.Dispose();
                }

                for (var rest = batch.Memory; !rest.IsEmpty;)
                {
                    rest = rest[await _process.Input.SendAsync(rest, SocketFlags.None, _stopping.Token)..];
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The reading side sees the end too, and says why.
            _outbound.Writer.TryComplete();
        }

        while (_outbound.Reader.TryRead(out var message))
        {
            message.Dispose();
        }
    }

    private async Task LogAsync()
    {
        try
        {
            await using var stream = new NetworkStream(_process.Error, ownsSocket: false);
            var reader = PipeReader.Create(stream);
            while (true)
            {
                var read = await reader.ReadAsync(_stopping.Token);
                var buffer = read.Buffer;
                while (NextLogLine(ref buffer, read.IsCompleted) is { } line)
                {
                    if (!string.IsNullOrWhiteSpace(line))
                    {
                        _lastErrorLine = line;
                        LogChildLine(Logger, Name, line);
                    }
                }

                if (read.IsCompleted)
                {
                    return;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The process has ended; so has its log.
        }
    }

    private static string? NextLogLine(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        var end = buffer.PositionOf((byte)'\n');
        if (end is null && buffer.Length < LongestLogLine && !(isLast && buffer.Length > 0))
        {
            return null;
        }

        var line = end is { } position && buffer.Slice(0, position).Length <= LongestLogLine
            ? buffer.Slice(0, position)
            : buffer.Slice(0, Math.Min(buffer.Length, LongestLogLine));
        var isWhole = end is { } at && line.End.Equals(at);
        buffer = buffer.Slice(isWhole ? buffer.GetPosition(1, line.End) : line.End);
        return LogText.Clean(Encoding.UTF8.GetString(line)).TrimEnd();
    }

    private async Task<string> DescribeEndAsync()
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            return "The gateway closed the connection.";
        }

        var code = await _process.WaitForExitAsync(TimeSpan.FromSeconds(1));
        if (code is not null)
        {
            await _logging.WaitAsync(LastWordsLimit, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var what = code is null ? "The server closed its output." : $"The server's process ended with code {code}.";
        return _lastErrorLine is { } line ? $"{what} Its last words: {line}" : what;
    }

    [LoggerMessage(120, LogLevel.Debug, "Server {Server} runs as process {ProcessId}.")]
    private static partial void LogStarted(ILogger logger, string server, int processId);

    [LoggerMessage(122, LogLevel.Error, "The messages of server {Server} could not be read.")]
    private static partial void LogReadFailed(ILogger logger, Exception exception, string server);

    [LoggerMessage(121, LogLevel.Information, "[{Server}] {Line}")]
    private static partial void LogChildLine(ILogger logger, string server, string line);
}
