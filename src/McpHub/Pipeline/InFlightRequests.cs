using System.Text;

namespace McpHub.Pipeline;

/// <summary>The requests that one client has in flight, by id, so that it can cancel them. Thread-safe.</summary>
/// <remarks>Ids are kept as JSON, because <c>1</c> and <c>"1"</c> are different ids.</remarks>
internal sealed class InFlightRequests
{
    private readonly Dictionary<string, McpContext> _requests = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_requests)
            {
                return _requests.Count;
            }
        }
    }

    /// <summary>Notes a request; <see langword="false"/> if the client already has one in flight under this id.</summary>
    public bool TryAdd(McpContext context)
    {
        var id = Encoding.UTF8.GetString(context.Id);
        lock (_requests)
        {
            return _requests.TryAdd(id, context);
        }
    }

    public void Remove(McpContext context)
    {
        var id = Encoding.UTF8.GetString(context.Id);
        lock (_requests)
        {
            if (_requests.TryGetValue(id, out var found) && ReferenceEquals(found, context))
            {
                _requests.Remove(id);
            }
        }
    }

    /// <summary>Cancels the request with this id, if there still is one: a cancel and an answer may cross on the way.</summary>
    public void Cancel(ReadOnlySpan<byte> id)
    {
        var key = Encoding.UTF8.GetString(id);

        // Under the lock, so that the context is not given back and in use for another request meanwhile.
        lock (_requests)
        {
            if (_requests.TryGetValue(key, out var context))
            {
                context.Cancel();
            }
        }
    }

    public void CancelAll()
    {
        lock (_requests)
        {
            foreach (var context in _requests.Values)
            {
                context.Cancel();
            }
        }
    }
}
