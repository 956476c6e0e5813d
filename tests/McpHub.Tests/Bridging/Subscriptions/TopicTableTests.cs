using System.Collections.Frozen;
using McpHub.Bridging.Subscriptions;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Tests.Bridging.Subscriptions;

public sealed class TopicTableTests
{
    private readonly CatalogStore _catalog = new(TimeProvider.System);
    private readonly TopicTable _topics;
    private readonly Source _source = new();

    public TopicTableTests()
    {
        Show(_source);
        _topics = new TopicTable(_catalog);
    }

    [Fact]
    public void Source_IsAskedOnce_AndForNoMoreThanItsLimit()
    {
        var listeners = Enumerable.Range(0, 11).Select(_ => new Listener()).ToArray();
        for (var i = 0; i < TopicTable.MostPerSource; i++)
        {
            Assert.Null(_topics.Subscribe(listeners[i / TopicTable.MostPerListener], "x:" + i, out _));
        }

        Assert.Equal(FailureKind.Overloaded, _topics.Subscribe(listeners[10], "x:beyond", out _)?.Kind);
        Assert.Null(_topics.Subscribe(listeners[10], "x:0", out _));
        Assert.Equal((TopicTable.MostPerSource, TopicTable.MostPerSource), (_source.Uris.Count, _source.Asked));

        _topics.Forget(listeners[0]);
        Assert.Equal(TopicTable.MostPerSource - TopicTable.MostPerListener + 1, _source.Uris.Count);
        Assert.Null(_topics.Subscribe(listeners[10], "x:beyond", out _));
        Assert.Equal(FailureKind.Cancelled, _topics.Subscribe(listeners[0], "x:0", out _)?.Kind);
    }

    [Fact]
    public void Topic_FollowsItsResource_ToAnotherSource()
    {
        var listener = new Listener();
        Assert.Null(_topics.Subscribe(listener, "x:a", out _));
        _topics.Follow();
        Assert.Empty(listener.Told);

        var next = new Source();
        Show(next);
        _topics.Follow();
        Assert.Equal(["x:a"], listener.Told);
        Assert.Empty(_source.Uris);
        Assert.Equal(["x:a"], next.Uris);
        _topics.Tell(_source, "x:a");
        Assert.Single(listener.Told);

        // Gone for a while, it is told of when it comes back.
        Show();
        _topics.Follow();
        Assert.Empty(next.Uris);
        Show(next);
        _topics.Follow();
        Assert.Equal(["x:a", "x:a"], listener.Told);
        _topics.Unsubscribe(listener, "x:a");
        Assert.Empty(next.Uris);
    }

    [Fact]
    public void Table_StaysWhatItIs_UnderContention()
    {
        var listeners = Enumerable.Range(0, 8).Select(_ => new Listener()).ToArray();
        Parallel.ForEach(listeners, listener =>
        {
            for (var i = 0; i < 2000; i++)
            {
                _topics.Subscribe(listener, "x:" + (i % 7), out _);
                _topics.Tell(_source, "x:" + (i % 5));
                _topics.Follow();
                _topics.Unsubscribe(listener, "x:" + ((i + 3) % 7));
            }

            _topics.Forget(listener);
        });

        Assert.Empty(_source.Uris);
        Assert.Equal(0, _topics.CountOf(_source));
    }

    private void Show(params Source[] sources)
    {
        var content = new CatalogContent { Features = ServerFeatures.Resources, ResourceSources = [.. sources.Select(s => new ResourceSource(s, UriMap.Identity, "", []))] };
        var view = new CatalogView(
            content, HandshakeSettings.Empty, new ListSettings(1, CacheHints.None, "{}"u8.ToArray()));
        _catalog.Current = new CatalogSnapshot(HubConfig.Default, view, FrozenDictionary<string, CatalogView>.Empty);
    }

    private sealed class Listener() : ChangeListener("")
    {
        public override Caller Caller => Caller.Anonymous;

        public List<string> Told { get; } = [];

        public override bool IsModern => true;

        public override void Tick()
        {
        }

        public override void End()
        {
        }

        protected override void OnPending()
        {
            while (TryTake(out _, out var uri))
            {
                lock (Told)
                {
                    Told.Add(uri!);
                }
            }
        }
    }

    private sealed class Source : ISubscribableSource
    {
        private readonly HashSet<string> _uris = [];

        public HashSet<string> Uris => _uris;

        public int Asked { get; private set; }

        public string Name => "s";

        public ServerOffer Offer { get; } = new() { Revision = Revisions.Latest, Features = ServerFeatures.Resources | ServerFeatures.Subscriptions };

        public Task<Failure?> SubscribeAsync(string uri)
        {
            Asked++;
            Assert.True(_uris.Add(uri));
            return Task.FromResult<Failure?>(null);
        }

        public void Unsubscribe(string uri) => Assert.True(_uris.Remove(uri));

        public ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken) => default;
    }
}
