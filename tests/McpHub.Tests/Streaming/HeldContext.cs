namespace McpHub.Tests.Streaming;

/// <summary>Holds back what goes on after a wait, so that a test decides what happens before it.</summary>
internal sealed class HeldContext : SynchronizationContext
{
    private readonly Lock _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _held = [];
    private bool _isReleased;

    /// <summary>How much is held back.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Begins work whose continuations are held back.</summary>
    public T Run<T>(Func<T> begin)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            return begin();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Lets go on what was held back, and all that comes later.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _isReleased = true;
            while (_held.TryDequeue(out var next))
            {
                ThreadPool.QueueUserWorkItem(_ => next.Callback(next.State));
            }
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            if (!_isReleased)
            {
                _held.Enqueue((d, state));
                return;
            }
        }

        ThreadPool.QueueUserWorkItem(_ => d(state));
    }
}
