using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace McpHub.LoadTests.Processes;

/// <summary>A process that was started here, and that ends with what it started itself when it is disposed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly ConcurrentDictionary<ChildProcess, bool> Living = [];

    private readonly Process _process;
    private readonly ProcessCommand _command;
    private readonly OutputTail _tail = new();

    private ChildProcess(ProcessCommand command, bool usesPipes)
    {
        _command = command;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command.FileName, command.Arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.ErrorDataReceived += (_, line) => _tail.Add(line.Data);
        _process.OutputDataReceived += (_, line) => _tail.Add(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        if (!usesPipes)
            _process.BeginOutputReadLine();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What the process wrote last, except to a pipe that is read elsewhere.</summary>
    public string LastOutput => _tail.ToString();

    /// <param name="command">What is started.</param>
    /// <param name="usesPipes">Whether the caller talks to the process over <see cref="Input"/> and <see cref="Output"/>.</param>
    public static ChildProcess Start(ProcessCommand command, bool usesPipes = false)
    {
        try
        {
            var child = new ChildProcess(command, usesPipes);
            Living[child] = true;
            return child;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"'{command}' does not start: {exception.Message}", exception);
        }
    }

    /// <summary>Ends all that is left, for when the program itself is about to end.</summary>
    public static void KillAll()
    {
        foreach (var child in Living.Keys)
            child.Kill();
    }

    public ProcessUsage Usage() => ProcessUsage.Read(Pid);

    /// <summary>Ends the process and those below it, without waiting.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    public void Dispose()
    {
        if (!Living.TryRemove(this, out _))
            return;
        Kill();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }

    public override string ToString() => _command.ToString();
}
