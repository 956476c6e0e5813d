using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Security.Permissions;
using McpHub.Testing;

namespace McpHub.Tests.Security.Permissions;

/// <summary>How many views there are, and who shares one.</summary>
public sealed class CallerViewsTests : IDisposable
{
    private readonly PolicyRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Callers_ShareAView_WhenTheSameRulesAreAboutThem()
    {
        _rig.Apply(ForSubjects("a*", "b*"));
        var root = _rig.Catalog.Root;

        var view = root.For(Subject("ann"));

        Assert.Same(view, root.For(Subject("abe")));
        Assert.NotSame(view, root.For(Subject("bob")));
        Assert.Same(view, root.For(Subject("bob")).For(Subject("abe")));
        Assert.NotSame(view, _rig.Catalog.ViewOf("a")!.For(Subject("ann")));
    }

    [Fact]
    public void View_IsTheWholeCatalog_WithoutAPolicy() => Assert.Same(_rig.Catalog.Root, _rig.Catalog.Root.For(Subject("ann")));

    [Fact]
    public void Views_AreFew_ForAHundredThousandCallers()
    {
        _rig.Apply(ForSubjects("1*", "*2"));
        var model = _rig.Catalog.Policy!;
        var all = _rig.Catalog.Root;
        var views = new CallerViews(model, all);

        var known = Enumerable.Range(0, 100_000).Select(i => views.Of(Subject($"{i}"))).Distinct().Count();

        Assert.Equal(4, known);
        Assert.Equal(4, views.Count);
    }

    [Fact]
    public void Views_AreBounded_WhenCallersCollectRules()
    {
        // Sixteen scopes make 65,536 kinds of callers.
        _rig.Apply(new PolicyConfig
        {
            Rules = [.. Enumerable.Range(0, 16).Select(i => new PolicyRuleConfig { Id = $"s{i}", Effect = PolicyEffect.Allow, Callers = new() { Scopes = [$"{i}"] }, Tools = ["a_list"] })],
        });
        var views = new CallerViews(_rig.Catalog.Policy!, _rig.Catalog.Root);
        var often = WithScopes(0b101);
        var view = views.Of(often);

        for (var i = 0; i < 3000; i++)
        {
            var caller = WithScopes(i);
            Assert.Equal(i == 0 ? [] : ["a_list"], views.Of(caller).Tools.Entries.Select(e => e.Name));
            Assert.True(views.Count <= CallerViews.MostViews);
            Assert.Same(view, views.Of(often));
        }

        Assert.Equal(CallerViews.MostViews, views.Count);
    }

    [Fact]
    public void Callers_AreForgotten_WithWhoeverKeptThem()
    {
        _rig.Apply(ForSubjects("a*"));
        var caller = Ask(_rig.Catalog.Root);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(caller.TryGetTarget(out _));
        return;

        // Apart, so that nothing of it is left on the stack.
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference<Caller> Ask(CatalogView root)
        {
            var caller = Subject("ann");
            root.For(caller);
            return new WeakReference<Caller>(caller);
        }
    }

    [Fact]
    public void Views_AreBuiltOnce_ForCallersThatComeAtOnce()
    {
        _rig.Apply(ForSubjects("a*"));
        var root = _rig.Catalog.Root;
        for (var round = 0; round < 50; round++)
        {
            var views = new CallerViews(_rig.Catalog.Policy!, root);

            var seen = new CatalogView[16];
            Parallel.For(0, seen.Length, i => seen[i] = views.Of(Subject($"a{i}")));

            Assert.Single(seen.Distinct());
        }
    }

    [Fact]
    public void Model_GoesOn_WhenTheConfigurationSaysTheSame()
    {
        _rig.Apply(ForSubjects("a*"));
        var model = _rig.Catalog.Policy;

        _rig.Apply(ForSubjects("a*"));
        Assert.Same(model, _rig.Catalog.Policy);

        _rig.Apply(ForSubjects("b*"));
        Assert.NotSame(model, _rig.Catalog.Policy);
    }

    [Fact]
    public void For_AllocatesNothing_OnceTheViewIsThere()
    {
        _rig.Apply(ForSubjects("a*", "b*"));
        var (root, caller) = (_rig.Catalog.Root, Subject("ann"));
        root.For(caller);

        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                root.For(caller);
            }
        }));
    }

    private static PolicyConfig ForSubjects(params string[] patterns) => new()
    {
        Rules = [.. patterns.Select((p, i) => new PolicyRuleConfig { Id = $"r{i}", Effect = PolicyEffect.Allow, Callers = new() { Subjects = [p] } })],
    };

    private static Caller Subject(string name) => new() { Key = name, Subject = name };

    private static Caller WithScopes(int bits) =>
        new() { Key = $"{bits}", Scopes = [.. Enumerable.Range(0, 16).Where(i => (bits >> i & 1) == 1).Select(i => $"{i}")] };
}
