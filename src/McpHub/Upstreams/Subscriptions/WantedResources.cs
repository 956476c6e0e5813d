using McpHub.Protocol;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>
/// The resources of one server that somebody wants to be told of. It outlives connections: whoever keeps a connection's subscriptions
/// brings them in line with it. Thread-safe.
/// </summary>
internal sealed class WantedResources
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<Failure?>> _uris = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isServed;
    private int _sessions;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _uris.Count;
            }
        }
    }

    /// <summary>Adds a resource that isn't wanted yet.</summary>
    /// <returns>Completes with what the server says to it; at once and without a word while there is no connection.</returns>
    public Task<Failure?> Add(string uri)
    {
        lock (_lock)
        {
            var established = new TaskCompletionSource<Failure?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _uris[uri] = established;
            if (!_isServed)
            {
                established.SetResult(null);
            }

            SignalChange();
            return established.Task;
        }
    }

    public void Remove(string uri)
    {
        lock (_lock)
        {
            if (_uris.Remove(uri, out var established))
            {
                established.TrySetResult(null);
                SignalChange();
            }
        }
    }

    /// <summary>What is wanted now.</summary>
    /// <param name="session">The number of the server's session: with another one, nothing of what it was told holds any more.</param>
    /// <param name="changed">Completes when something of this is no longer true.</param>
    public string[] Read(out int session, out Task changed)
    {
        lock (_lock)
        {
            session = _sessions;
            changed = _changed.Task;
            return [.. _uris.Keys];
        }
    }

    /// <summary>The server has taken the subscription, or refused it.</summary>
    public void Settle(string uri, Failure? refusal)
    {
        lock (_lock)
        {
            _uris.GetValueOrDefault(uri)?.TrySetResult(refusal);
        }
    }

    /// <summary>There is a connection whose subscriptions somebody keeps.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _isServed = true;
        }
    }

    /// <summary>There is none any more: nobody need wait for what will be asked when there is one again.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isServed = false;
            foreach (var established in _uris.Values)
            {
                established.TrySetResult(null);
            }
        }
    }

    /// <summary>The server has begun a new session, which knows of no subscription.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _sessions++;
            SignalChange();
        }
    }

    private void SignalChange()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
