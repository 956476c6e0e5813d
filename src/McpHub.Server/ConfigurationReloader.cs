using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Server.Output;

namespace McpHub.Server;

/// <summary>Applies the configuration whenever its file changes, and tells what that changed. A file with errors changes nothing.</summary>
internal sealed class ConfigurationReloader : IAsyncDisposable
{
    // Long enough for most servers to start; what takes longer is in the log when it is ready.
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    private readonly HubRuntime _runtime;
    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly ConfigurationWatcher _watcher;
    private LoadedConfiguration _current;

    /// <param name="start">What the gateway was started with, from a file.</param>
    /// <param name="runtime">The running gateway.</param>
    /// <param name="output">Takes the differences.</param>
    /// <param name="errors">Takes the issues.</param>
    /// <param name="logger">Takes what goes wrong with the watching itself.</param>
    public ConfigurationReloader(LoadedConfiguration start, HubRuntime runtime, TextWriter output, TextWriter errors, ILogger logger)
    {
        _current = start;
        _runtime = runtime;
        _output = output;
        _errors = errors;
        _watcher = new ConfigurationWatcher(start.Result!, ApplyAsync, logger);
    }

    public ValueTask DisposeAsync() => _watcher.DisposeAsync();

    private async Task ApplyAsync(ConfigurationResult result, CancellationToken cancellationToken)
    {
        var next = _current.With(result);
        if (!next.Report(_errors))
        {
            await _errors.WriteLineAsync($"{result.Path} is not applied; the configuration before it goes on serving.");
            return;
        }

        var difference = ConfigurationDiff.Between(_current.Config!, next.Config!);
        _current = next;
        if (difference.IsEmpty)
        {
            await _output.WriteLineAsync($"{result.Path} was read again: nothing that the gateway uses has changed.");
            return;
        }

        await _runtime.ApplyAsync(next.Config!, cancellationToken);
        await _output.WriteLineAsync($"{result.Path} was read again and is applied:\n  {difference.ToString().TrimEnd().ReplaceLineEndings("\n  ")}");
        if (difference.NeedRestart.Any())
        {
            await _output.WriteLineAsync(
                $"Restart the gateway for {string.Join(", ", difference.NeedRestart.Select(s => s.Setting))}: the old value holds until then.");
        }

        if (difference.Added.Count + difference.Changed.Count > 0)
        {
            await _runtime.WhenSettledAsync(SettleLimit, cancellationToken);
            UpstreamTable.Write(_output, next.Config!, _runtime);
        }
    }
}
