namespace McpHub.Batching;

/// <summary>One request of a batch, as it was asked for. Immutable.</summary>
internal sealed record BatchItem
{
    /// <summary>The least and the most that a priority can be.</summary>
    public const int LeastPriority = -10, MostPriority = 10;

    /// <summary>The most characters that an id has: what is said of one item names others.</summary>
    public const int LongestId = 200;

    /// <summary>Its place in the batch, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>What its caller calls it; <see langword="null"/> if it has no id that could be read.</summary>
    public string? Id { get; init; }

    public string Tool { get; init; } = "";

    /// <summary>The arguments, an object as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Params { get; init; } = "{}"u8.ToArray();

    /// <summary>Higher is sooner.</summary>
    public int Priority { get; init; }

    /// <summary>The ids that have to have succeeded before.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Why it can't be run, whatever becomes of the others; <see langword="null"/> if it can.</summary>
    public string? Problem { get; init; }

    /// <summary>How messages name it.</summary>
    public string Label => Id is null ? $"#{Index}" : Cut(Id);

    /// <summary>A text as messages have it: what is longer than an id may be is cut.</summary>
    public static string Cut(string text) =>
        text.Length <= LongestId ? text : $"{text[..(char.IsHighSurrogate(text[LongestId - 1]) ? LongestId - 1 : LongestId)]}…";
}
