using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace McpHub.Server;

/// <summary>The log: standard error, and a file where wanted. Never standard output, which may be carrying MCP.</summary>
internal sealed class GatewayLog : IAsyncDisposable
{
    private const string ConsoleTemplate = "[{Timestamp:HH:mm:ss} {Level:u3}] {Message:lj}{NewLine}{Exception}";
    private const string FileTemplate = "{Timestamp:o} [{Level:u3}] {SourceContext}: {Message:lj}{NewLine}{Exception}";

    // A client that never reads our standard error must not stop the gateway: then messages are dropped.
    private const int Waiting = 4096;

    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    private readonly LogLevel _gateway;
    private readonly Lazy<Logger> _logger;

    public GatewayLog(LogEventLevel gateway, string? file)
    {
        _gateway = (LogLevel)(int)gateway;
        _logger = new Lazy<Logger>(() => Open(file));
    }

    /// <summary>Makes it the only log of a host. Levels are decided here, before a message is even made.</summary>
    public void AddTo(ILoggingBuilder logging)
    {
        var libraries = _gateway <= LogLevel.Debug ? LogLevel.Information : (LogLevel)Math.Max((int)_gateway, (int)LogLevel.Warning);

        // Kestrel opens a scope for each connection, which travels with every wait on it then; no template here writes what is in it.
        logging.Services.Configure<LoggerFilterOptions>(static options => options.CaptureScopes = false);

        // Not AddSerilog(): it adds a rule of its own that lets every level through.
        logging.ClearProviders().AddProvider(new DeferredLoggerProvider(() => new SerilogLoggerProvider(_logger.Value))).SetMinimumLevel(libraries)
            .AddFilter("McpHub", _gateway)
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)

            // It makes an activity and a log scope for every request as soon as it may log anything at all.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)

            // A port that is in use is told by the command, in one line and without a stack trace.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_logger.IsValueCreated)
        {
            return;
        }

        try
        {
            await Task.Run(_logger.Value.Dispose).WaitAsync(FlushLimit);
        }
        catch (TimeoutException)
        {
            // Nobody reads it.
        }
    }

    private static Logger Open(string? file)
    {
        SelfLog.Enable(Console.Error);
        var configuration = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Async(
            sink => sink.Console(
                outputTemplate: ConsoleTemplate, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: LevelAlias.Minimum),
            Waiting,
            blockWhenFull: false);
        if (file is not null)
        {
            configuration.WriteTo.Async(
                sink => sink.File(
                    file, outputTemplate: FileTemplate, formatProvider: CultureInfo.InvariantCulture,
                    rollingInterval: RollingInterval.Day, rollOnFileSizeLimit: true, fileSizeLimitBytes: 64 * 1024 * 1024, retainedFileCountLimit: 7),
                Waiting,
                blockWhenFull: false);
        }

        return configuration.CreateLogger();
    }
}
