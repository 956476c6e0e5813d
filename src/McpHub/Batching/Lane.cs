namespace McpHub.Batching;

/// <summary>
/// What bounds calls together: a server, or the tools of a tier. Touched only under the lock of <see cref="Admissions"/>.
/// </summary>
internal sealed class Lane
{
    // So many tools of one server have a time of their own; the rest share one.
    private const int MostBaselines = 256;

    private readonly GradientLimit? _gradient;
    private readonly int _limit;
    private readonly Dictionary<string, LatencyBaseline> _baselines = new(StringComparer.Ordinal);

    private Lane(string name, GradientLimit? gradient, int limit)
    {
        Name = name;
        _gradient = gradient;
        _limit = limit;
    }

    /// <summary>The name of the server or tier.</summary>
    public string Name { get; }

    public int Running { get; private set; }

    /// <summary>How many calls it takes at the same time now.</summary>
    public int Limit => _gradient?.Current ?? _limit;

    public bool HasRoom => Running < Limit;

    /// <summary>A lane whose limit follows what is measured.</summary>
    public static Lane Adaptive(string name, GradientLimit gradient) => new(name, gradient, 0);

    /// <summary>A lane with a limit that stays.</summary>
    public static Lane Fixed(string name, int limit) => new(name, null, limit);

    public void Enter(int calls) => Running += calls;

    /// <summary>Calls have ended that say nothing of their server.</summary>
    public void Leave(int calls) => Running -= calls;

    /// <summary>A call has ended.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="sample">What its duration says.</param>
    public void Leave(string tool, LatencySample sample)
    {
        if (_gradient is not null)
        {
            if (sample.IsOverload)
            {
                _gradient.OnFailure();
            }
            else if (sample.Duration > TimeSpan.Zero)
            {
                var seconds = sample.Duration.TotalSeconds;
                _gradient.OnAnswer(BaselineOf(tool).Add(seconds), seconds, Running);
            }
        }

        Running--;
    }

    private LatencyBaseline BaselineOf(string tool)
    {
        // Tools of one server take different times; the mean of all would take each call of the slow one for a sign of load.
        var key = _baselines.Count < MostBaselines || _baselines.ContainsKey(tool) ? tool : "";
        if (!_baselines.TryGetValue(key, out var baseline))
        {
            _baselines.Add(key, baseline = new LatencyBaseline());
        }

        return baseline;
    }
}
