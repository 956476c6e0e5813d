namespace McpHub.Streaming;

/// <summary>How many streams each caller has, running, ended, and waiting to start. Thread-safe.</summary>
internal sealed class StreamQuota
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = [];

    public bool TryEnter(string callerKey, int most)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(callerKey);
            if (count >= most)
            {
                return false;
            }

            _counts[callerKey] = count + 1;
            return true;
        }
    }

    public void Leave(string callerKey)
    {
        lock (_lock)
        {
            if (--_counts[callerKey] == 0)
            {
                _counts.Remove(callerKey);
            }
        }
    }
}
