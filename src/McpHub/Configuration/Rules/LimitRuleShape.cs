using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Which settings go with which kind of limit.</summary>
internal static class LimitRuleShape
{
    public static void Check(SectionReader section, LimitKind kind)
    {
        string[] alien = kind switch
        {
            LimitKind.TokenBucket => ["queue", "wait"],
            LimitKind.SlidingWindow => ["burst", "queue", "wait"],
            _ => ["every", "burst"],
        };
        foreach (var key in alien.Where(key => section.Node[key] is not null))
        {
            section.Error(key, new Problem("does not go with this kind of limit", Mend(key)));
        }
    }

    private static string Mend(string key) => key switch
    {
        "every" => "Remove it, or choose the kind tokenBucket or slidingWindow.",
        "burst" => "Remove it, or choose the kind tokenBucket.",
        _ => "Remove it, or choose the kind concurrency: what is over a rate is refused at once.",
    };
}
