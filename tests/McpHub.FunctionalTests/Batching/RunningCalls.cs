using McpHub.Testing;

namespace McpHub.FunctionalTests.Batching;

/// <summary>Answers calls, and counts how many run at the same time.</summary>
internal sealed class RunningCalls
{
    private readonly Lock _lock = new();
    private int _running;

    /// <summary>The most that have run at the same time.</summary>
    public int Most { get; private set; }

    public async Task AnswerAsync(FakeExchange x)
    {
        lock (_lock)
        {
            Most = Math.Max(Most, ++_running);
        }

        await Task.Yield();
        lock (_lock)
        {
            _running--;
        }

        await x.TextAsync("yes");
    }
}
