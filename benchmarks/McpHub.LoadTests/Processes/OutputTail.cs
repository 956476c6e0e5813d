namespace McpHub.LoadTests.Processes;

/// <summary>Keeps the last lines that a process wrote, for the message when it fails. Thread-safe.</summary>
internal sealed class OutputTail
{
    private const int MaxLines = 30;

    private readonly Queue<string> _lines = [];

    public void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
        }
    }

    public override string ToString()
    {
        lock (_lines)
            return string.Join(Environment.NewLine, _lines);
    }
}
