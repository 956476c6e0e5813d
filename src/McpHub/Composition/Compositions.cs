using System.Text;
using McpHub.Catalog;
using McpHub.Composition.Authoring;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using McpHub.Pipeline.Nested;

namespace McpHub.Composition;

/// <summary>All compositions that are served: those of the configuration, and those of callers. Thread-safe.</summary>
internal sealed class Compositions : IConfiguredPart
{
    // What a composition says of its effects may depend on another, which may depend on a third.
    private const int MostRounds = NestedRuns.MostDeep;

    private readonly CallerCompositions _ofCallers;
    private readonly NestedRuns _runs;
    private readonly McpMetrics _telemetry;
    private readonly CompositionMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Dictionary<CompositionPlan, CompositionTool> _tools = [];
    private IReadOnlyList<CompositionPlan> _configured = [];
    private IReadOnlyDictionary<string, string>? _definitions;
    private CallerCompositionsConfig _callers = new();
    private volatile SizesConfig _sizes = new();

    public Compositions(CallerCompositions ofCallers, NestedRuns runs, McpMetrics telemetry, TimeProvider time)
    {
        _ofCallers = ofCallers;
        _runs = runs;
        _telemetry = telemetry;
        _metrics = new CompositionMetrics(telemetry);
        _time = time;
    }

    /// <summary>Something was defined or deleted.</summary>
    public event Action? Changed
    {
        add => _ofCallers.Changed += value;
        remove => _ofCallers.Changed -= value;
    }

    public void Apply(HubConfig config)
    {
        if (!ReferenceEquals(_definitions, config.Gateway.Compositions))
        {
            _definitions = config.Gateway.Compositions;
            _configured = [.. _definitions.Select(d => Parse(d.Key, d.Value)).OfType<CompositionPlan>()];
        }

        _sizes = config.Gateway.Sizes;
        _callers = config.Gateway.CallerCompositions;
        if (_callers.Enabled)
        {
            _ofCallers.Open();
        }
    }

    /// <summary>Builds a catalog with the compositions in it. Their annotations follow from the tools that are in it with them.</summary>
    /// <param name="taken">The names of native tools, which no composition may have.</param>
    /// <param name="build">Builds one with a source of compositions; without, where there are none.</param>
    public CatalogSnapshot Build(IEnumerable<string> taken, Func<CompositionSource?, CatalogSnapshot> build)
    {
        var tools = Tools(taken);
        if (tools.Count == 0)
        {
            return build(null);
        }

        var snapshot = build(null);
        var annotations = Derive(tools, snapshot.Root);
        for (var round = 0; ; round++)
        {
            snapshot = build(new CompositionSource(tools, _callers.Shared, annotations, _runs, this));
            var next = Derive(tools, snapshot.Root);
            if (round == MostRounds || next.SequenceEqual(annotations))
            {
                return snapshot;
            }

            annotations = next;
        }
    }

    private static CompositionPlan? Parse(string name, string json)
    {
        var issues = new Configuration.Reading.IssueCollector();
        var utf8 = Encoding.UTF8.GetBytes(json);
        var node = new Configuration.Reading.ConfigTreeParser(new Configuration.Reading.TextPositions(utf8), issues).Parse(utf8);
        return node is null ? null : CompositionReader.Read(node, node["name"] is null ? name : null, issues);
    }

    private static ToolAnnotations[] Derive(IReadOnlyList<(CompositionTool Tool, string? Owner)> tools, CatalogView root)
    {
        var definitions = root.Content.Tools.ToDictionary(t => t.Name, t => t.Definition);
        return [.. tools.Select(t => DerivedAnnotations.Of(t.Tool.Plan, name => definitions.TryGetValue(name, out var found) ? found : null))];
    }

    /// <summary>The compiled tools; those that are as they were go on, so that what hangs on them does.</summary>
    private List<(CompositionTool Tool, string? Owner)> Tools(IEnumerable<string> taken)
    {
        var ofCallers = _callers.Enabled ? _ofCallers.All : [];
        if (_configured.Count == 0 && ofCallers.Count == 0)
        {
            _tools.Clear();
            return [];
        }

        var wanted = _configured.Select(p => (Plan: p, Owner: (string?)null))
            .Concat(ofCallers.Select(c => (c.Plan, (string?)c.Owner)))
            .DistinctBy(w => w.Plan.Definition.Name).ExceptBy(taken, w => w.Plan.Definition.Name).ToArray();
        foreach (var gone in _tools.Keys.Except(wanted.Select(w => w.Plan)).ToArray())
        {
            _tools.Remove(gone);
        }

        var tools = new List<(CompositionTool, string?)>();
        foreach (var (plan, owner) in wanted)
        {
            if (!_tools.TryGetValue(plan, out var tool))
            {
                _tools[plan] = tool = new CompositionTool(plan, _metrics, _telemetry, _time, () => _sizes.Request);
            }

            tools.Add((tool, owner));
        }

        return tools;
    }
}
