using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace McpHub.Testing;

/// <summary>Keeps what is logged, for assertions on what operators rely on.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines.Select(l => l.Text)];

    /// <summary>What is logged as an error: bugs of ours, whatever the peers did.</summary>
    public IReadOnlyList<string> Faults => [.. _lines.Where(l => l.Level >= LogLevel.Error).Select(l => l.Text)];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<(LogLevel Level, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // A flood of lines is not what tests look at.
            if (IsEnabled(logLevel) && lines.Count < 10_000)
            {
                lines.Enqueue((logLevel, $"{logLevel} {category}[{eventId.Id}]: {formatter(state, exception)} {exception}"));
            }
        }
    }
}
