using System.Collections;
using System.Net.Sockets;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Upstreams.Stdio;

/// <summary>
/// A server's process: started without a shell, at the head of a process group of its own, with sockets as its standard streams.
/// Disposing it ends the whole group.
/// </summary>
/// <remarks>
/// Why not <see cref="System.Diagnostics.Process"/>: it can't make a process group, so that a server's own children would outlive a
/// Ctrl+C or be hit by it, and its pipes hold a thread each for reading.
/// </remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private int? _exitCode;

    private ChildProcess(int id, Socket input, Socket output, Socket error, TimeProvider time)
    {
        Id = id;
        Input = input;
        Output = output;
        Error = error;
        _time = time;
    }

    /// <summary>The process's id, and that of its group.</summary>
    public int Id { get; }

    /// <summary>Its standard input.</summary>
    public Socket Input { get; }

    /// <summary>Its standard output.</summary>
    public Socket Output { get; }

    /// <summary>Its standard error.</summary>
    public Socket Error { get; }

    /// <exception cref="UpstreamException">The program doesn't exist or can't be started.</exception>
    public static ChildProcess Start(StdioTransportConfig config, TimeProvider time)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new UpstreamException(FailureKind.UpstreamUnavailable, "Servers over stdio need Linux or macOS; give the server's URL instead.");
        }

        var environment = Environment(config);
        var program = ProgramPath.Find(config.Command, environment.GetValueOrDefault("PATH"), config.Cwd)
            ?? throw new UpstreamException(FailureKind.UpstreamUnavailable, $"The program '{config.Command}' was not found; install it or give its whole path.");
        if (config.Cwd is { } folder && !Directory.Exists(folder))
        {
            throw new UpstreamException(FailureKind.UpstreamUnavailable, $"The working directory '{folder}' does not exist.");
        }

        // Order matters: the guard has to be there before the first child is.
        ProcessGuard.Shared.EnsureRunning();
        var (input, childInput) = PosixSockets.Pair();
        var (output, childOutput) = PosixSockets.Pair();
        var (error, childError) = PosixSockets.Pair();
        try
        {
            var id = PosixSpawn.Start(
                program, [config.Command, .. config.Args], [.. environment.Select(v => v.Key + "=" + v.Value)], config.Cwd,
                [PosixSockets.HandleOf(childInput), PosixSockets.HandleOf(childOutput), PosixSockets.HandleOf(childError)]);
            ProcessGuard.Shared.Add(id);
            return new ChildProcess(id, input, output, error, time);
        }
        catch (IOException e)
        {
            input.Dispose();
            output.Dispose();
            error.Dispose();
            throw new UpstreamException(FailureKind.UpstreamUnavailable, $"The program '{program}' could not be started: {e.Message}", e);
        }
        finally
        {
            childInput.Dispose();
            childOutput.Dispose();
            childError.Dispose();
        }
    }

    /// <summary>Waits until the process has ended; <see langword="null"/> if it didn't in time.</summary>
    /// <returns>The exit code, or 128 and the signal's number.</returns>
    public async Task<int?> WaitForExitAsync(TimeSpan timeout)
    {
        // There is no event to wait for that would not take the signal handler away from the host; exits are rare, so look often at first.
        var deadline = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        for (var delay = 2; ; delay = Math.Min(delay * 2, 100))
        {
            if (TryReap() is { } code)
            {
                return code;
            }

            if (_time.GetTimestamp() >= deadline)
            {
                return null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(delay), _time);
        }
    }

    /// <summary>
    /// Ends the group the way MCP asks for (stdio, "Shutdown"): close its input, wait, then SIGTERM, then SIGKILL.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Close(Input);
        if (await WaitForExitAsync(TimeSpan.FromSeconds(1)) is null)
        {
            PosixSpawn.SignalGroup(Id, PosixSpawn.Terminate);
            await WaitForExitAsync(TimeSpan.FromSeconds(2));
        }

        // Also when the head of the group has ended by itself: what it started may still be there.
        PosixSpawn.SignalGroup(Id, PosixSpawn.Kill);
        await WaitForExitAsync(TimeSpan.FromSeconds(5));
        ProcessGuard.Shared.Remove(Id);
        Output.Dispose();
        Error.Dispose();
        Input.Dispose();
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other end was closed before.
        }

        socket.Dispose();
    }

    private static Dictionary<string, string> Environment(StdioTransportConfig config)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var (name, value) in config.Env)
        {
            environment[name] = value;
        }

        return environment;
    }

    private int? TryReap()
    {
        lock (_lock)
        {
            return _exitCode ??= PosixSpawn.TryReap(Id);
        }
    }
}
