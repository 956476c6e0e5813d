namespace McpHub.Testing;

/// <summary>What a <see cref="FakeUpstream"/> lists, as JSON; a list that is null is a capability that it doesn't have.</summary>
internal sealed record FakeOffer
{
    public IReadOnlyList<string>? Tools { get; init; } = ["""{"name":"echo","inputSchema":{"type":"object"}}"""];

    public IReadOnlyList<string>? Prompts { get; init; }

    public IReadOnlyList<string>? Resources { get; init; }

    public IReadOnlyList<string> ResourceTemplates { get; init; } = [];

    public bool HasCompletions { get; init; }

    public bool HasLogging { get; init; }

    /// <summary>Whether it has the tasks extension.</summary>
    public bool HasTasks { get; init; }

    /// <summary>Whether it tells of changes: lists, and the resources that are subscribed to.</summary>
    public bool HasSubscriptions { get; init; }

    public string? Instructions { get; init; }

    /// <summary>How long the lists and the greeting are good, in the modern era. By default longer than a test takes.</summary>
    public long TtlMs { get; init; } = 50_000;

    /// <summary>Tools that are called by these names and need no more.</summary>
    public static FakeOffer OfTools(params string[] names) =>
        new() { Tools = [.. names.Select(n => $$$"""{"name":"{{{n}}}","inputSchema":{"type":"object"}}""")] };

    public string CapabilitiesJson()
    {
        var members = new List<string>();
        Add(Tools is not null, "\"tools\":{\"listChanged\":true}");
        Add(Prompts is not null, "\"prompts\":{\"listChanged\":true}");
        Add(Resources is not null, HasSubscriptions ? "\"resources\":{\"subscribe\":true,\"listChanged\":true}" : "\"resources\":{\"listChanged\":true}");
        Add(HasCompletions, "\"completions\":{}");
        Add(HasLogging, "\"logging\":{}");
        Add(HasTasks, "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}");
        return "{" + string.Join(',', members) + "}";

        void Add(bool isOffered, string member)
        {
            if (isOffered)
            {
                members.Add(member);
            }
        }
    }
}
