namespace McpHub.Server;

/// <summary>Makes the provider that it stands for with the first message: who has nothing to say doesn't load it. Thread-safe.</summary>
/// <param name="create">Makes the provider. It takes every level, and no scopes.</param>
internal sealed class DeferredLoggerProvider(Func<ILoggerProvider> create) : ILoggerProvider
{
    private readonly Lazy<ILoggerProvider> _provider = new(create);

    public ILogger CreateLogger(string categoryName) => new DeferredLogger(_provider, categoryName);

    public void Dispose()
    {
        if (_provider.IsValueCreated)
        {
            _provider.Value.Dispose();
        }
    }

    private sealed class DeferredLogger(Lazy<ILoggerProvider> provider, string category) : ILogger
    {
        private ILogger? _logger;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _logger ??= provider.Value.CreateLogger(category);
            _logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
