namespace McpHub.RateLimiting;

/// <summary>The permits that one request holds. Belongs to its context, and is used for the next request after that.</summary>
internal sealed class LimitLeases
{
    private LimitPartition[] _held = new LimitPartition[4];
    private int _count;

    public void Add(LimitPartition partition)
    {
        if (_count == _held.Length)
        {
            Array.Resize(ref _held, _count * 2);
        }

        _held[_count++] = partition;
    }

    /// <summary>The request has ended.</summary>
    public void Release()
    {
        while (_count > 0)
        {
            Take().Release();
        }
    }

    /// <summary>The request is refused: nothing that it took counts.</summary>
    public void Undo()
    {
        while (_count > 0)
        {
            Take().Undo();
        }
    }

    private LimitPartition Take()
    {
        var partition = _held[--_count];
        _held[_count] = null!;
        return partition;
    }
}
