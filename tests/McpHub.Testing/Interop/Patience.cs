namespace McpHub.Testing.Interop;

/// <summary>How long tests wait for other processes: long enough that only a real hang fails.</summary>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until a condition holds that nothing signals.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="isMet">The condition.</param>
    /// <param name="details">More for the message, if it fails.</param>
    public static async Task UntilAsync(string what, Func<Task<bool>> isMet, Func<string>? details = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await isMet())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited in vain until {what}. {details?.Invoke()}");
            }

            await Task.Delay(Interval);
        }
    }
}
