namespace McpHub.Configuration;

/// <summary>A condition on one argument of a call: one of <see cref="OneOf"/>, <see cref="Matches"/>, and a range.</summary>
public sealed record PolicyCondition
{
    /// <summary>Where the argument is: a JSON pointer (RFC 6901) into <c>params.arguments</c>, not empty.</summary>
    public required string At { get; init; }

    /// <summary>The values that it may have, each a JSON string, number, boolean or null; numbers are compared by value. Empty for none of this.</summary>
    public IReadOnlyList<string> OneOf { get; init; } = [];

    /// <summary>A regular expression of .NET without backtracking constructs that the whole of a string has to match.</summary>
    public string? Matches { get; init; }

    /// <summary>The least number, as JSON.</summary>
    public string? Min { get; init; }

    /// <summary>The greatest number, as JSON.</summary>
    public string? Max { get; init; }
}
