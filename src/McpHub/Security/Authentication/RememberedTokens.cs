using System.Collections.Concurrent;

namespace McpHub.Security.Authentication;

/// <summary>Credentials that were found good, by the header that they came in, so that a repeated one costs next to nothing. Bounded. Thread-safe.</summary>
/// <remarks>
/// Two generations: when the younger one is full, the older one is dropped. What is used moves into the younger. That is nearly what
/// dropping the least recently used would keep, without any bookkeeping when a token is found.
/// </remarks>
/// <param name="capacity">The most that are remembered.</param>
internal sealed class RememberedTokens(int capacity)
{
    private readonly Lock _lock = new();
    private readonly int _generationSize = Math.Max(1, capacity / 2);
    private volatile ConcurrentDictionary<string, RememberedToken> _young = NewGeneration();
    private volatile ConcurrentDictionary<string, RememberedToken> _old = NewGeneration();
    private volatile object _era = new();
    private int _youngCount;

    public int Count => _young.Count + _old.Count;

    /// <summary>Another object after each <see cref="Clear"/>: whoever has kept a result elsewhere sees by it that it doesn't hold any more.</summary>
    public object Era => _era;

    public RememberedToken? Find(string header, DateTimeOffset now)
    {
        if (!_young.TryGetValue(header, out var token))
        {
            if (!_old.TryGetValue(header, out token))
            {
                return null;
            }

            Add(header, token);
        }

        return now < token.Expires ? token : null;
    }

    public void Add(string header, RememberedToken token)
    {
        lock (_lock)
        {
            if (_youngCount >= _generationSize)
            {
                _old = _young;
                _young = NewGeneration();
                _youngCount = 0;
            }

            if (_young.TryAdd(header, token))
            {
                _youngCount++;
            }
            else
            {
                _young[header] = token;
            }
        }
    }

    public void Remove(string header)
    {
        lock (_lock)
        {
            _old.TryRemove(header, out _);
            if (_young.TryRemove(header, out _))
            {
                _youngCount--;
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _young = NewGeneration();
            _old = NewGeneration();
            _youngCount = 0;

            // Last: what is found in the new era was added in it.
            _era = new object();
        }
    }

    private static ConcurrentDictionary<string, RememberedToken> NewGeneration() => new(CredentialComparer.Instance);
}
