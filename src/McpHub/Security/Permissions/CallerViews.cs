using System.Collections.Concurrent;
using McpHub.Catalog;
using McpHub.Pipeline;

namespace McpHub.Security.Permissions;

/// <summary>
/// One endpoint as its callers see it, each view built when the first caller of its kind comes. Lives as long as the snapshot that the
/// endpoint is of. Thread-safe.
/// </summary>
/// <param name="policy">The policy; <see langword="null"/> for none, where only owners tell callers apart.</param>
/// <param name="all">The endpoint as it is without it.</param>
internal sealed class CallerViews(PolicyModel? policy, CatalogView all)
{
    /// <summary>How many views are kept. Kinds of callers are few; where they aren't, those that are asked for least are built again.</summary>
    public const int MostViews = 128;

    private readonly ConcurrentDictionary<ViewKey, Kept> _views = new();
    private readonly Queue<ViewKey> _order = new();
    private readonly Lock _building = new();

    public int Count => _views.Count;

    public CatalogView Of(Caller caller)
    {
        var key = new ViewKey(policy?.RulesOf(caller), all.IsOwner(caller.Key) ? caller.Key : "");
        return _views.TryGetValue(key, out var kept) ? kept.Use() : Build(key);
    }

    private CatalogView Build(ViewKey key)
    {
        lock (_building)
        {
            if (_views.TryGetValue(key, out var kept))
            {
                return kept.Use();
            }

            while (_order.Count >= MostViews)
            {
                DropOne();
            }

            var view = new CatalogView(all, new ViewAccess(policy, key, all), isPrivate: all.HasOwners || policy is { IsSameForAll: false });
            _views[key] = new Kept(view);
            _order.Enqueue(key);
            return view;
        }
    }

    /// <summary>Drops the oldest view that was not used since it was last looked at (second chance).</summary>
    private void DropOne()
    {
        var oldest = _order.Dequeue();
        if (_views[oldest].TakeUsed())
        {
            _order.Enqueue(oldest);
        }
        else
        {
            _views.TryRemove(oldest, out _);
        }
    }

    private sealed class Kept(CatalogView view)
    {
        private volatile bool _isUsed;

        public CatalogView Use()
        {
            // Read first: writing what is there already would take the line of memory from every other core.
            if (!_isUsed)
            {
                _isUsed = true;
            }

            return view;
        }

        public bool TakeUsed()
        {
            var isUsed = _isUsed;
            _isUsed = false;
            return isUsed;
        }
    }
}
