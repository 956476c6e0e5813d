using System.Collections.Concurrent;
using System.Diagnostics;

namespace McpHub.Testing.Interop;

/// <summary>A started program. Its standard error is kept for messages; disposing it ends it.</summary>
public sealed class PeerProcess : IAsyncDisposable
{
    private const int LinesKept = 200;

    private readonly ConcurrentQueue<string> _errors = new();

    private PeerProcess(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>The end of what it wrote to standard error.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <param name="command">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    public static PeerProcess Start(string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var peer = new PeerProcess(Process.Start(start)!);
        peer.Process.ErrorDataReceived += (_, line) => peer.Keep(line.Data);
        peer.Process.BeginErrorReadLine();
        return peer;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> RunAsync(string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var peer = Start(command, arguments, environment);
        peer.Process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience.Limit);
        var output = await peer.Process.StandardOutput.ReadToEndAsync(limit.Token);
        await peer.Process.WaitForExitAsync(limit.Token);
        return peer.Process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{command} ended with code {peer.Process.ExitCode}.\n{output}\n{peer.Errors}");
    }

    /// <summary>Reads standard output until the first line that is what one wants.</summary>
    public async Task<string> ReadLineAsync(Func<string, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (await Process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (isWanted(line))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The process ended without the line that was waited for.\n{Errors}");
    }

    /// <summary>Asks it to end, with SIGTERM, and makes it end where it does not.</summary>
    public async Task TerminateAsync()
    {
        if (!Process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await Process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends it with SIGKILL, alone.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
        }

        await Process.WaitForExitAsync();
        Process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _errors.Enqueue(line);
            while (_errors.Count > LinesKept && _errors.TryDequeue(out _))
            {
                // The oldest goes.
            }
        }
    }
}
