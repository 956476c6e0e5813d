namespace McpHub.Pipeline;

/// <summary>The requests that one client has in flight, so that it can cancel them by id. Thread-safe.</summary>
/// <remarks>
/// A list through the contexts themselves: adding and removing, which every call does, costs no allocation; looking for an id, which
/// only a cancel does, walks the list. Ids are compared as JSON, because <c>1</c> and <c>"1"</c> are different ids.
/// </remarks>
internal sealed class InFlightRequests
{
    private readonly Lock _lock = new();
    private McpContext? _first;

    public bool IsEmpty => Volatile.Read(ref _first) is null;

    public void Add(McpContext context)
    {
        lock (_lock)
        {
            context.NextInFlight = _first;
            if (_first is not null)
            {
                _first.PreviousInFlight = context;
            }

            _first = context;
        }
    }

    public void Remove(McpContext context)
    {
        lock (_lock)
        {
            if (context.PreviousInFlight is { } previous)
            {
                previous.NextInFlight = context.NextInFlight;
            }
            else
            {
                _first = context.NextInFlight;
            }

            if (context.NextInFlight is { } next)
            {
                next.PreviousInFlight = context.PreviousInFlight;
            }

            context.PreviousInFlight = null;
            context.NextInFlight = null;
        }
    }

    /// <summary>Cancels the request with this id, if there still is one: a cancel and an answer may cross on the way.</summary>
    public void Cancel(ReadOnlySpan<byte> id)
    {
        // Under the lock, so that the context is not given back and in use for another request meanwhile. What a cancel runs may
        // remove the request from the list, on this thread; so no node is looked at after its cancel.
        lock (_lock)
        {
            for (var context = _first; context is not null; context = context.NextInFlight)
            {
                if (context.Id.SequenceEqual(id))
                {
                    context.Cancel();
                    return;
                }
            }
        }
    }

    public void CancelAll()
    {
        lock (_lock)
        {
            for (var context = _first; context is not null;)
            {
                var next = context.NextInFlight;
                context.Cancel();
                context = next;
            }
        }
    }
}
