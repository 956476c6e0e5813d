using System.Security.Cryptography;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.State;
using Microsoft.Extensions.Logging;

namespace McpHub.NativeTools.Tasks;

/// <summary>
/// The tasks of native tools: runs the methods, and keeps what comes of them until its time is over, also when the gateway ends
/// before. Bounded in number, and each task in size and time. Thread-safe.
/// </summary>
internal sealed partial class NativeTasks : IDisposable
{
    /// <summary>The most tasks at once, ended ones too: a task has to stay until its time is over.</summary>
    public const int MostTasks = 1000;

    /// <summary>The longest outcome that is kept.</summary>
    public const int LongestOutcome = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, NativeTaskRecord> _tasks = [];
    private readonly Dictionary<string, CancellationTokenSource> _running = [];
    private readonly string? _folder;
    private readonly TimeProvider _time;
    private readonly ILogger<NativeTasks> _logger;
    private NativeTaskFile? _file;
    private bool _isOpen;
    private bool _isDisposed;

    public NativeTasks(HubConfig config, TimeProvider time, ILogger<NativeTasks> logger)
    {
        _folder = StateFolder.Of(config);
        _time = time;
        _logger = logger;
    }

    /// <summary>Raised with a task that has ended, while nothing else can happen to it: whoever hears it must neither wait nor ask back.</summary>
    public event Action<NativeTaskRecord>? Ended;

    /// <summary>Starts work in a task that can be found from now on, whatever happens to the gateway.</summary>
    /// <param name="options">What the method's author wants.</param>
    /// <param name="work">The work; what it answers is the outcome.</param>
    /// <returns><see langword="null"/> when there are too many tasks.</returns>
    public NativeTaskRecord? TryStart(RunsAsTaskAttribute options, Func<CancellationToken, ValueTask<McpResult>> work)
    {
        var timeToLive = TimeSpan.FromSeconds(options.TimeToLiveSeconds);
        NativeTaskRecord task;
        CancellationTokenSource cancellation;
        lock (_lock)
        {
            Open();
            RemoveExpired();
            if (_isDisposed || _tasks.Count >= MostTasks)
            {
                return null;
            }

            task = new NativeTaskRecord(
                Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), _time.GetUtcNow(), timeToLive, options.PollIntervalMs);
            Keep(task);
            cancellation = new CancellationTokenSource(timeToLive, _time);
            _running[task.Id] = cancellation;
        }

        // Sees to its own failures: they are the outcome.
        _ = Task.Run(() => RunAsync(task.Id, work, cancellation));
        return task;
    }

    /// <returns><see langword="null"/> for a task that there is not, or whose time is over.</returns>
    public NativeTaskRecord? Find(string id)
    {
        lock (_lock)
        {
            Open();
            return _tasks.GetValueOrDefault(id) is { } task && !task.IsExpired(_time.GetUtcNow()) ? task : null;
        }
    }

    /// <summary>Ends a task that runs. One that has ended stays as it is.</summary>
    public void Cancel(string id)
    {
        CancellationTokenSource? cancellation;
        lock (_lock)
        {
            End(id, NativeTaskRecord.Cancelled, default);
            _running.TryGetValue(id, out cancellation);
        }

        Cancel(cancellation);
    }

    /// <summary>Cancels what runs. It is not noted as ended: the next start finds it unfinished, and says so.</summary>
    public void Dispose()
    {
        CancellationTokenSource[] running;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            running = [.. _running.Values];
            _file?.Dispose();
            _file = null;
        }

        Array.ForEach(running, Cancel);
    }

    private async Task RunAsync(string id, Func<CancellationToken, ValueTask<McpResult>> work, CancellationTokenSource cancellation)
    {
        try
        {
            using var result = await work(cancellation.Token);
            var isResult = result.Kind == McpResultKind.Result;
            var outcome = result.Kind == McpResultKind.Failure ? ErrorJson(result.Failure!) : result.Json.ToArray();
            if (outcome.Length > LongestOutcome)
            {
                isResult = false;
                outcome = ErrorJson(new Failure(FailureKind.Internal, $"The result is longer than {LongestOutcome} bytes, which is the most that is kept."));
            }

            Finish(id, isResult ? NativeTaskRecord.Completed : NativeTaskRecord.Failed, outcome);
        }
        catch (Exception e)
        {
            LogFailed(_logger, e);
            Finish(id, NativeTaskRecord.Failed, ErrorJson(new Failure(FailureKind.Internal, "Internal error: the gateway failed to run the tool; its log says why.")));
        }
        finally
        {
            lock (_lock)
            {
                _running.Remove(id);
            }

            cancellation.Dispose();
        }
    }

    private void Finish(string id, string status, byte[] outcome)
    {
        lock (_lock)
        {
            // What a method answers because the gateway stops is not its outcome.
            if (!_isDisposed)
            {
                End(id, status, outcome);
            }
        }
    }

    private void End(string id, string status, ReadOnlyMemory<byte> outcome)
    {
        if (_tasks.TryGetValue(id, out var task) && !task.HasEnded)
        {
            var ended = task with { Status = status, UpdatedAt = _time.GetUtcNow(), Outcome = outcome };
            Keep(ended);
            Ended?.Invoke(ended);
        }
    }

    private void Keep(NativeTaskRecord task)
    {
        _tasks[task.Id] = task;
        try
        {
            _file?.Append(task, _tasks.Values);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The task goes on in memory; what cannot be written would otherwise end it.
            LogNoFile(_logger, e.Message);
            _file!.Dispose();
            _file = null;
        }
    }

    /// <summary>Reads the tasks of before, when the first one is wanted: most gateways never have any.</summary>
    private void Open()
    {
        if (_isOpen || _isDisposed)
        {
            return;
        }

        _isOpen = true;
        try
        {
            _file = NativeTaskFile.Open(_folder ?? throw new IOException("The user has no data folder."), out var before);
            var now = _time.GetUtcNow();
            var interrupted = ErrorJson(new Failure(FailureKind.Internal, "The gateway was restarted while the tool ran. It may have run in part."));
            foreach (var task in before.Where(t => !t.IsExpired(now)).Take(MostTasks))
            {
                _tasks[task.Id] = task.HasEnded ? task : task with { Status = NativeTaskRecord.Failed, UpdatedAt = now, Outcome = interrupted };
            }

            _file.Rewrite(_tasks.Values);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            LogNoFile(_logger, e.Message);
            _file?.Dispose();
            _file = null;
        }
    }

    private void RemoveExpired()
    {
        var now = _time.GetUtcNow();
        foreach (var (id, _) in _tasks.Where(t => t.Value.IsExpired(now) && !_running.ContainsKey(t.Key)).ToArray())
        {
            _tasks.Remove(id);
        }
    }

    private static void Cancel(CancellationTokenSource? cancellation)
    {
        try
        {
            cancellation?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
        catch (AggregateException)
        {
            // What a method hung on to its token is the method's business.
        }
    }

    private static byte[] ErrorJson(Failure failure)
    {
        using var buffer = Utf8Buffer.Rent();
        McpMessages.WriteErrorObject(buffer, failure.CodeFor(Revisions.Latest), failure.Message, []);
        return buffer.Span.ToArray();
    }

    [LoggerMessage(171, LogLevel.Warning, "The tasks of native tools are kept in memory only, and end with the gateway: {Reason} Set gateway.state.path to a folder of this gateway's own that it may write to.")]
    private static partial void LogNoFile(ILogger logger, string reason);

    [LoggerMessage(172, LogLevel.Error, "A task of a native tool failed in a way that it should not have.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
