namespace McpHub.Composition.Conditions;

/// <summary>The members of <c>compare</c>.</summary>
internal enum ComparisonOperator : byte
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
