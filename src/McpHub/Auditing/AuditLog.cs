using System.Diagnostics.Metrics;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpHub.Auditing;

/// <summary>The audit: takes lines from everybody, and has one task that writes them. Thread-safe.</summary>
internal sealed partial class AuditLog : IAuditLog, IConfiguredPart, IHostedService, IAsyncDisposable, IDisposable
{
    // So long a relaxed line waits for others: one write for all of them costs what one write for each would cost a hundred times.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly HubConfig _start;
    private readonly ILogger _logger;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _failures;
    private readonly Func<string, Stream>? _open;
    private readonly CancellationTokenSource _stopping = new();
    private volatile AuditModel _model;
    private volatile bool _isOn;
    private volatile bool _isFailing;
    private bool _isStopped;
    private HubConfig? _config;
    private AuditWriter? _writer;
    private Task _writing = Task.CompletedTask;
    private long _refusedSince;
    private long _signInsSince;

    public AuditLog(HubConfig config, McpMetrics metrics, TimeProvider time, ILogger<AuditLog> logger)
        : this(config, metrics, time, logger, null)
    {
    }

    /// <param name="config">What the gateway starts with.</param>
    /// <param name="metrics">The instruments.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="open">Opens a file for writing; <see langword="null"/> for the usual way.</param>
    internal AuditLog(HubConfig config, McpMetrics metrics, TimeProvider time, ILogger<AuditLog> logger, Func<string, Stream>? open)
    {
        _start = config;
        _open = open;
        _model = new AuditModel(config.Gateway.Audit);
        Time = time;
        _logger = logger;
        _refused = metrics.Counter("mcphub.audit.refusals", "{request}", "The requests that were refused because they could not be recorded.");
        _failures = metrics.Counter("mcphub.audit.failures", "{write}", "The writes of the audit that failed, and are tried again.");
        metrics.ObserveGauge("mcphub.audit.queue", "{request}", "The requests that run, or wait for their line to be written.", () => [new Measurement<int>(Queue.Taken)]);
    }

    public AuditQueue Queue { get; } = new();

    public TimeProvider Time { get; }

    public AuditModel Model => _model;

    /// <summary>Whether requests are recorded.</summary>
    public bool IsOn => _isOn;

    /// <summary>Whether the last write failed, and none has succeeded since.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>The folder that a configuration means; <see langword="null"/> for a user who has no folder for data.</summary>
    public static string? FolderOf(HubConfig config) =>
        config.Gateway.Audit.Path ?? (StateFolder.Of(config) is { } state ? Path.Combine(state, "audit") : null);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_start.Gateway.Audit.Enabled)
        {
            return Task.CompletedTask;
        }

        var folder = FolderOf(_start) ?? throw new AuditStartException("The audit has no folder, because the user has none for data. Set gateway.audit.path.");
        _writer = new AuditWriter(folder, Time, _open);
        _writer.Open();
        if (_start.Gateway.Audit.RedactPatterns.Count > 0)
        {
            // A wrong one ends the start. The gateway's own are right, and left to the writer.
            _ = _model.Redaction;
        }

        _isOn = true;
        TellBeginning(folder);
        _writing = Task.Run(WriteAllAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_isOn || _isStopped)
        {
            return;
        }

        _isStopped = true;
        Event("stopped", _ => { });
        try
        {
            // Together: the writer may go on within the cancellation, with a disk that takes its time.
            await Task.WhenAll(_stopping.CancelAsync(), _writing).WaitAsync(StopLimit, Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host's time to stop is over, which others may have taken; what is left is waited for at the end.
        }
        catch (TimeoutException)
        {
            LogLost(_logger, Queue.Taken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);

        // On the system's clock: the end of the process must not hang on one that stands still.
        await _writing.WaitAsync(StopLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_writing.IsCompleted)
        {
            LogLost(_logger, Queue.Taken);
        }

        Dispose();
    }

    /// <summary>For whoever can't wait: the host has stopped the log before, and what is still being written keeps what it writes to.</summary>
    public void Dispose()
    {
        if (_writing.IsCompleted)
        {
            _writer?.Dispose();
            Queue.Dispose();
            _stopping.Dispose();
        }
    }

    public void Apply(HubConfig config)
    {
        if (!ReferenceEquals(config.Gateway.Audit, _model.Config))
        {
            var model = new AuditModel(config.Gateway.Audit);
            if (_isOn)
            {
                // Before it counts: with a wrong pattern the old one goes on.
                _ = model.Redaction;
            }

            _model = model;
        }

        var before = _config;
        _config = config;
        if (before is not null && ConfigurationDiff.Between(before, config) is { IsEmpty: false } difference)
        {
            Administered("configuration", difference.ToString());
        }
    }

    public void SignIn(in AuditSignIn signIn)
    {
        if (!_isOn)
        {
            return;
        }

        var room = signIn.Refusal.Length == 0 ? AuditRoom.SignIns : AuditRoom.Refusals;
        if (!Queue.TryTakeSignIn(room))
        {
            Interlocked.Increment(ref _signInsSince);
            return;
        }

        var address = signIn.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : signIn.Address;

        using var buffer = Utf8Buffer.Rent();
        AuditLine.Begin(buffer, Time, "sign_in");
        AuditLine.Member(buffer, ",\"caller\":"u8, signIn.Caller);
        AuditLine.Member(buffer, ",\"client\":"u8, signIn.Client);
        AuditLine.Member(buffer, ",\"issuer\":"u8, signIn.Issuer);
        AuditLine.Member(buffer, ",\"credentials\":"u8, signIn.Kind);
        AuditLine.Member(buffer, ",\"address\":"u8, address?.ToString());
        AuditLine.Member(buffer, ",\"outcome\":"u8, room == AuditRoom.SignIns ? "ok" : "denied");
        AuditLine.Member(buffer, ",\"reason\":"u8, _model.Redaction.Of(signIn.Refusal));
        buffer.Write((byte)'\n');
        Queue.Add(buffer.Span, room);
    }

    public void Administered(string name, string what) =>
        Event(name, buffer => AuditLine.Member(buffer, ",\"what\":"u8, _model.Redaction.Of(what)));

    /// <summary>Takes room for a request's line. While nothing can be written, there is none where every line has to be on the disk.</summary>
    public bool TryTakeRoom() => _model.Config is var config && !(config.Mode == AuditMode.Durable && _isFailing) && Queue.TryTake(config.Queue);

    /// <summary>Writes the line of a request that has ended, for which room was taken unless it has listened.</summary>
    public void Write(McpContext context, in McpResult result)
    {
        using var buffer = WriteLine(context, result);
        Queue.Add(buffer.Span);
    }

    /// <inheritdoc cref="Write"/>
    /// <returns>Completes when it is on the disk.</returns>
    public Task WriteDurable(McpContext context, in McpResult result)
    {
        using var buffer = WriteLine(context, result);
        return Queue.AddDurable(buffer.Span);
    }

    private Utf8Buffer WriteLine(McpContext context, in McpResult result)
    {
        if (context.Envelope.Method == McpMethod.Listen)
        {
            Queue.Take();
        }

        var buffer = Utf8Buffer.Rent();
        AuditLine.Write(buffer, context, result, _model, Time);
        return buffer;
    }

    /// <summary>What a request is told that can't be recorded, and is not run.</summary>
    public McpResult Refuse()
    {
        CountRefusal();
        return McpResult.Fail(Unavailable("it was not run."));
    }

    /// <summary>What a request is told that has run, and whose line is not on the disk.</summary>
    public McpResult Withhold()
    {
        _refused.Add(1);
        return McpResult.Fail(Unavailable("it has run, and its answer is withheld."));
    }

    private static Failure Unavailable(string what) =>
        new(FailureKind.AuditUnavailable, $"The request could not be recorded (gateway.audit): {what}") { RetryAfter = 1 };

    private void CountRefusal()
    {
        _refused.Add(1);
        Interlocked.Increment(ref _refusedSince);
    }

    private void TellBeginning(string folder)
    {
        LogOpened(_logger, folder, _writer!.Number);
        if (_writer.TornFile is { } torn)
        {
            LogTorn(_logger, torn);
            Administered("torn", $"An unfinished line of the gateway before was moved to {Path.GetFileName(torn)}.");
        }

        if (_writer.Missing is { } missing)
        {
            LogMissing(_logger, folder, missing.Number, missing.Hash);
            Administered("truncated", $"The chain had come to line {missing.Number} with the hash {missing.Hash}, which is not there.");
        }

        Event("started", _ => { });
    }

    private void Event(string name, Action<Utf8Buffer> write)
    {
        if (!_isOn)
        {
            return;
        }

        using var buffer = Utf8Buffer.Rent();
        AuditLine.Begin(buffer, Time, name);
        write(buffer);
        buffer.Write((byte)'\n');
        Queue.Take();
        Queue.Add(buffer.Span);
    }

    private async Task WriteAllAsync()
    {
        try
        {
            // Here, so that the start doesn't wait for it, and a request seldom does.
            _ = _model.Redaction;
            while (true)
            {
                await Queue.WhenFilledAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_model.Config.Mode == AuditMode.Relaxed)
                {
                    await Queue.LingerAsync(Moment, Time, _stopping.Token);
                }

                var batch = Queue.TakeAll();
                if (batch.Length > 0)
                {
                    await WriteAsync(batch);
                }
                else if (_stopping.IsCancellationRequested)
                {
                    return;
                }
            }
        }
        catch (Exception e)
        {
            // No line is written any more: nothing may run that has to be recorded.
            _isFailing = true;
            LogDead(_logger, e);
        }
    }

    /// <summary>Writes a batch, as often as it takes.</summary>
    private async Task WriteAsync(AuditBatch batch)
    {
        while (true)
        {
            try
            {
                _writer!.Write(batch.Lines, _model.Config.FileSize, _model.Config.Mode == AuditMode.Durable);
                Recover();
                Queue.Done(batch);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _failures.Add(1);
                if (!_isFailing)
                {
                    LogFailed(_logger, e.Message, FolderOf(_start)!);
                    _isFailing = true;
                }

                if (_stopping.IsCancellationRequested)
                {
                    LogLost(_logger, batch.Count);
                    Queue.Done(batch, isWritten: false);
                    return;
                }

                await Task.Delay(RetryPause, Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Writes down how many requests were refused meanwhile, and how many sign-ins there were too many: they have no lines of their own.</summary>
    private void Recover()
    {
        if (_isFailing)
        {
            _isFailing = false;
            LogRecovered(_logger);
        }

        if (Interlocked.Exchange(ref _refusedSince, 0) is > 0 and var refused)
        {
            Administered("refused", $"{refused} requests were refused because they could not be recorded.");
        }

        if (Interlocked.Exchange(ref _signInsSince, 0) is > 0 and var signIns)
        {
            Administered("sign_ins", $"{signIns} sign-ins have no lines of their own, because more came than could be written.");
        }
    }

    [LoggerMessage(210, LogLevel.Information, "The audit is written to {Folder}, from line {Line} on.")]
    private static partial void LogOpened(ILogger logger, string folder, long line);

    [LoggerMessage(211, LogLevel.Warning, "The last line of the audit was cut off when the gateway before ended; what is left of it is in {File}.")]
    private static partial void LogTorn(ILogger logger, string file);

    [LoggerMessage(212, LogLevel.Error, "Lines are missing at the end of the audit in {Folder}: it had come to line {Line} with the hash {Hash}.")]
    private static partial void LogMissing(ILogger logger, string folder, long line, string hash);

    [LoggerMessage(213, LogLevel.Error, "The audit can't be written ({Reason}). It is tried again each second; look at the disk of {Folder}.")]
    private static partial void LogFailed(ILogger logger, string reason, string folder);

    [LoggerMessage(214, LogLevel.Information, "The audit is written again; nothing is missing.")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(215, LogLevel.Error, "The gateway ends with {Lines} lines of the audit that could not be written.")]
    private static partial void LogLost(ILogger logger, int lines);

    [LoggerMessage(216, LogLevel.Critical, "The audit has failed in a way that it should not have; requests are refused. Restart the gateway.")]
    private static partial void LogDead(ILogger logger, Exception exception);
}
