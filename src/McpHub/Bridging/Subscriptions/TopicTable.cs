using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Security.Permissions;

namespace McpHub.Bridging.Subscriptions;

/// <summary>Who has subscribed to which resource. A source is asked once for each, whoever and however many listen. Thread-safe.</summary>
internal sealed class TopicTable(CatalogStore catalog)
{
    /// <summary>How many resources one listener, which is one session or one listen request, may subscribe to.</summary>
    public const int MostPerListener = 1000;

    /// <summary>How many resources of one server may be subscribed to, by all listeners together.</summary>
    public const int MostPerSource = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Server, string Uri), Topic> _topics = [];
    private readonly Dictionary<ICatalogSource, Dictionary<string, SourceResource>> _sources = [];

    /// <summary>Subscribes a listener.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="uri">The URI that clients of its endpoint see.</param>
    /// <param name="established">Completes when the server has taken the subscription, or refused it.</param>
    /// <returns>Why it can't be subscribed to, or <see langword="null"/>.</returns>
    public Failure? Subscribe(ChangeListener listener, string uri, out Task<Failure?> established)
    {
        established = Task.FromResult<Failure?>(null);
        lock (_lock)
        {
            if (listener.IsForgotten)
            {
                return new Failure(FailureKind.Cancelled, "The subscriber has gone.");
            }

            if (!MayHave(listener, uri))
            {
                return NotFound(uri);
            }

            CatalogEntry? entry = null;
            if (!_topics.TryGetValue((listener.Server, uri), out var topic))
            {
                (var failure, entry) = Resolve(listener.Server, uri);
                if (failure is not null)
                {
                    return failure;
                }
            }

            // Before anything is attached: the server must not hear of what the client doesn't get.
            if (topic?.Listeners.Contains(listener) != true && listener.Topics.Count >= MostPerListener)
            {
                return new Failure(FailureKind.Overloaded, $"Too many subscriptions: one client may have {MostPerListener}.");
            }

            if (topic is null)
            {
                topic = new Topic(listener.Server, uri);
                Attach(topic, entry!);
            }

            _topics[(topic.Server, topic.Uri)] = topic;
            topic.Listeners.Add(listener);
            listener.Topics.Add(topic);
            established = topic.Resource?.Established ?? established;
            return null;
        }
    }

    /// <summary>Ends a subscription; one that isn't there is ended already.</summary>
    public void Unsubscribe(ChangeListener listener, string uri)
    {
        lock (_lock)
        {
            if (_topics.TryGetValue((listener.Server, uri), out var topic) && topic.Listeners.Remove(listener))
            {
                listener.Topics.Remove(topic);
                DropIfUnused(topic);
            }
        }
    }

    /// <summary>Ends all subscriptions of a listener.</summary>
    public void Forget(ChangeListener listener)
    {
        lock (_lock)
        {
            foreach (var topic in listener.Topics)
            {
                topic.Listeners.Remove(listener);
                DropIfUnused(topic);
            }

            listener.Topics.Clear();
            listener.IsForgotten = true;
        }
    }

    /// <summary>A server says that a resource of its own has changed: those are told who have subscribed to it, or to what it lies below.</summary>
    public void Tell(ICatalogSource source, string uri)
    {
        lock (_lock)
        {
            if (!_sources.TryGetValue(source, out var resources))
            {
                return;
            }

            var byUri = resources.GetAlternateLookup<ReadOnlySpan<char>>();
            var ancestors = new ResourceAncestors(uri);
            while (ancestors.MoveNext())
            {
                if (byUri.TryGetValue(ancestors.Current, out var resource))
                {
                    foreach (var topic in resource.Topics)
                    {
                        Tell(topic, topic.Show(uri));
                    }
                }
            }
        }
    }

    /// <summary>
    /// The catalog has changed: what is subscribed to may lie elsewhere now. Whoever has subscribed to something that has moved is told,
    /// because nobody knows what it is like there.
    /// </summary>
    public void Follow()
    {
        lock (_lock)
        {
            foreach (var topic in _topics.Values)
            {
                var (_, entry) = Resolve(topic.Server, topic.Uri, known: topic.Resource);
                if (entry is not null && topic.Resource is { } resource && ReferenceEquals(entry.Source, resource.Source) && entry.SourceName == resource.Uri)
                {
                    topic.Uris = entry.Uris;
                    continue;
                }

                Detach(topic);
                if (entry is not null)
                {
                    Attach(topic, entry);
                    Tell(topic, topic.Uri);
                }
            }
        }
    }

    /// <summary>How many resources of a source are subscribed to.</summary>
    public int CountOf(ICatalogSource source)
    {
        lock (_lock)
        {
            return _sources.TryGetValue(source, out var resources) ? resources.Count : 0;
        }
    }

    private void Tell(Topic topic, string uri)
    {
        foreach (var listener in topic.Listeners)
        {
            // Asked each time: the policy may have changed since, and what lies below a resource is another.
            if (MayHave(listener, uri))
            {
                listener.Tell(uri, topic.Uri);
            }
        }
    }

    /// <summary>Whether the policy lets a listener read a resource; without a policy, also one that there isn't.</summary>
    private bool MayHave(ChangeListener listener, string uri)
    {
        if (catalog.Current.ViewOf(listener.Server)?.For(listener.Caller) is not { Access: { } access } view)
        {
            return true;
        }

        return view.Directory.Find(uri) is { } entry && access.To(entry).Decision.Outcome == AccessOutcome.Allowed;
    }

    private static Failure NotFound(string uri) =>
        new(FailureKind.ResourceNotFound, $"Resource not found: {uri}", ErrorTranslator.ResourceData(JsonText.Encode(uri)));

    /// <param name="known">What the topic stands for already, which counts against no limit.</param>
    private (Failure? Failure, CatalogEntry? Entry) Resolve(string server, string uri, SourceResource? known = null)
    {
        if (catalog.Current.ViewOf(server)?.Directory.Find(uri) is not { } entry)
        {
            return (NotFound(uri), null);
        }

        if (entry.Source is not ISubscribableSource || entry.Source.Offer?.Features.HasFlag(ServerFeatures.Subscriptions) != true)
        {
            return (new Failure(FailureKind.InvalidParams, $"Server '{entry.Source.Name}' has no subscriptions to resources."), null);
        }

        var isNew = known is null || !ReferenceEquals(known.Source, entry.Source);
        return isNew && _sources.TryGetValue(entry.Source, out var resources) && resources.Count >= MostPerSource && !resources.ContainsKey(entry.SourceName)
            ? (new Failure(FailureKind.Overloaded, $"Too many subscriptions: {MostPerSource} resources of server '{entry.Source.Name}' are subscribed to."), null)
            : (null, entry);
    }

    private void Attach(Topic topic, CatalogEntry entry)
    {
        var source = (ISubscribableSource)entry.Source;
        if (!_sources.TryGetValue(source, out var resources))
        {
            _sources[source] = resources = [];
        }

        if (!resources.TryGetValue(entry.SourceName, out var resource))
        {
            resources[entry.SourceName] = resource = new SourceResource(source, entry.SourceName) { Established = source.SubscribeAsync(entry.SourceName) };
        }

        resource.Topics.Add(topic);
        topic.Resource = resource;
        topic.Uris = entry.Uris;
    }

    private void Detach(Topic topic)
    {
        if (topic.Resource is not { } resource)
        {
            return;
        }

        topic.Resource = null;
        resource.Topics.Remove(topic);
        if (resource.Topics.Count == 0)
        {
            resource.Source.Unsubscribe(resource.Uri);
            var resources = _sources[resource.Source];
            resources.Remove(resource.Uri);
            if (resources.Count == 0)
            {
                _sources.Remove(resource.Source);
            }
        }
    }

    private void DropIfUnused(Topic topic)
    {
        if (topic.Listeners.Count == 0)
        {
            Detach(topic);
            _topics.Remove((topic.Server, topic.Uri));
        }
    }
}
