using McpHub.Catalog;

namespace McpHub.Pipeline.Nested;

/// <summary>
/// On whose behalf a run, and all runs inside it, call tools, and what that caller sees: as of the request that the run was begun by, or
/// goes on for. Thread-safe.
/// </summary>
internal sealed class NestedStanding
{
    private volatile State _current;

    public NestedStanding(McpContext context)
        : this(new State(context))
    {
    }

    private NestedStanding(State current) => _current = current;

    public State Current => _current;

    /// <summary>Another request of the same caller has the run now.</summary>
    public void Renew(McpContext context) => _current = new State(context);

    /// <summary>The same as of now, for a run of its own, whose client can't be reckoned with for some of what it can do.</summary>
    public NestedStanding Without(ClientFeatures features)
    {
        var current = _current;
        return new NestedStanding(current with { Features = current.Features & ~features });
    }

    /// <summary>What belongs together. Immutable.</summary>
    /// <param name="Caller">Who called the tool.</param>
    /// <param name="View">What the caller sees.</param>
    /// <param name="Features">What of the client's capabilities servers go by.</param>
    internal sealed record State(Caller Caller, CatalogView View, ClientFeatures Features)
    {
        // A task would outlive the run; tools that can do without give their result.
        public State(McpContext context)
            : this(context.Caller, context.View, context.Features & ~ClientFeatures.Tasks)
        {
        }
    }
}
