using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Configuration.Comparison;

namespace McpHub.RateLimiting;

/// <summary>One limit with all that it counts. Outlives a reload that doesn't change it.</summary>
internal sealed class LimitRule
{
    private readonly LimitRuleConfig _config;
    private readonly bool _isOfTools;

    public LimitRule(LimitRuleConfig config, int bound)
    {
        _config = config;
        _isOfTools = config.Per == LimitScope.Tool || config.Tools.Count > 0 || config.Categories.Count > 0;
        Definition = LimitText.Of(config) + bound;
        Name = config.Name ?? config.Per.ToString().ToLowerInvariant();
        Partitions = new PartitionTable(bound, Create);
    }

    public string Name { get; }

    /// <summary>Equal for rules that count the same.</summary>
    public string Definition { get; }

    public LimitKind Kind => _config.Kind;

    /// <summary>How many it lets through.</summary>
    public int Permits => _config.Permits;

    public LimitScope Per => _config.Per;

    /// <summary>Whether requests wait when there is no place.</summary>
    public bool HasQueue => _config.Queue > 0;

    public TimeSpan Wait => _config.Wait;

    public PartitionTable Partitions { get; }

    /// <summary>
    /// Where it stands among the limits of a request. What refuses at once comes before what may let wait; and the narrow before the
    /// wide, so that who waits for a place of its own takes none from everybody.
    /// </summary>
    public int Order => Kind == LimitKind.Concurrency ? 10 + (int)Per : (int)Per;

    /// <summary>Whether it counts calls of this tool.</summary>
    /// <param name="name">The tool's name at the common endpoint.</param>
    /// <param name="tool">The tool.</param>
    public bool CountsCallsOf(string name, CatalogEntry tool) => CountsServer(tool.Source)
        && (_config.Tools.Count == 0 || NamePattern.MatchesAny(_config.Tools, name))
        && (_config.Categories.Count == 0 || NamePattern.MatchesAny(_config.Categories, tool.Category));

    /// <summary>Whether it counts requests to this source that are no calls of tools.</summary>
    public bool CountsOthersOf(ICatalogSource source) => !_isOfTools && CountsServer(source);

    /// <summary>Whether it counts requests that the gateway answers itself.</summary>
    public bool CountsRest => !_isOfTools && Per != LimitScope.Server && _config.Servers.Count == 0;

    private bool CountsServer(ICatalogSource source) => _config.Servers.Count == 0 || NamePattern.MatchesAny(_config.Servers, source.Name);

    private LimitPartition Create() => _config.Kind switch
    {
        LimitKind.TokenBucket => new TokenBucket(_config.Permits, _config.Every, _config.Burst ?? _config.Permits),
        LimitKind.SlidingWindow => new SlidingWindow(_config.Permits, _config.Every),
        _ => new ConcurrencySlots(_config.Permits, _config.Queue),
    };
}
