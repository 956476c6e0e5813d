namespace McpHub.Testing;

/// <summary>How long tests wait for what is bound to come: so long that only a real hang fails.</summary>
public static class Patience
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(90);

    /// <summary>Waits until a condition holds that nothing signals.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Waited in vain until {what}.");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Waits for a task, but not for ever.</summary>
    public static async Task<T> WithinLimitAsync<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited in vain for {what}.", e);
        }
    }

    /// <inheritdoc cref="WithinLimitAsync{T}"/>
    public static async Task WithinLimitAsync(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited in vain for {what}.", e);
        }
    }
}
