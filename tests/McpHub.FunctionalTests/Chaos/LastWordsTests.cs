using McpHub.Configuration;
using McpHub.Testing;
using McpHub.Upstreams.Stdio;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>What a child process wrote to standard error before it ended.</summary>
public sealed class LastWordsTests
{
    [Fact]
    public async Task LastLine_IsTold_WhenTheEndOfTheOutputIsSeenBeforeIt()
    {
        using var reading = new SemaphoreSlim(0);
        var config = new UpstreamConfig
        {
            Name = "s",
            Transport = new StdioTransportConfig { Command = "sh", Args = ["-c", "echo first >&2; echo last >&2; exit 3"] },
        };

        await using var gateway = await GatewayHost.StartAsync(
            new HubConfig { Upstreams = [config] },
            new WaitingTime(reading),
            hub => hub.Services.AddSingleton<ILoggerProvider>(new SlowLog(reading)));

        Assert.Equal("The server's process ended with code 3. Its last words: last", gateway.Upstream("s").State.Reason);
    }

    /// <summary>Holds up whoever reads standard error at the first line.</summary>
    private sealed class SlowLog(SemaphoreSlim reading) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) == "[s] first")
            {
                // Nobody lets it go on if nobody waits for it; then the test is to fail, and not to hang.
                reading.Wait(TimeSpan.FromSeconds(5));
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Lets the reading go on when the gateway waits for it, for as long as that takes.</summary>
    private sealed class WaitingTime(SemaphoreSlim reading) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != StdioConnection.LastWordsLimit)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            reading.Release();
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
