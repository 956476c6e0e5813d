namespace McpHub.Testing;

/// <summary>The lines that a process writes, kept and waited for. Thread-safe.</summary>
public sealed class ProcessLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    internal ProcessLines(string name, TextReader reader)
    {
        Name = name;
        Ended = Task.Run(() => ReadAsync(reader));
    }

    /// <summary>What is being read, for messages.</summary>
    public string Name { get; }

    /// <summary>Completes when the process has closed it.</summary>
    public Task Ended { get; }

    /// <summary>What there is so far.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>What there is so far, as one text.</summary>
    public string Text => string.Join('\n', All);

    /// <summary>Waits for the first line that holds this text, from a certain one on.</summary>
    /// <returns>The line.</returns>
    public Task<string> WaitForAsync(string text, int from = 0) => WaitForAsync(line => line.Contains(text, StringComparison.Ordinal), text, from);

    /// <summary>Waits for the first line that is as wanted, from a certain one on.</summary>
    /// <param name="isWanted">Says whether it is.</param>
    /// <param name="description">What is waited for, for the message when it never comes.</param>
    /// <param name="from">The number of the first line that counts.</param>
    public async Task<string> WaitForAsync(Func<string, bool> isWanted, string description, int from = 0)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_lines.Skip(from).FirstOrDefault(isWanted) is { } line)
                {
                    return line;
                }

                if (_ended)
                {
                    throw new InvalidOperationException($"{Name} ended without '{description}':\n{string.Join('\n', _lines)}");
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{Name} never had '{description}':\n{Text}");
            }
        }
    }

    private async Task ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Change(() => _lines.Add(line));
        }

        Change(() => _ended = true);
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
