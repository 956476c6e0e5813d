namespace McpHub.Catalog;

/// <summary>An argument whose value a client repeats in an HTTP header: <c>x-mcp-header</c> in the tool's input schema (SEP-2243).</summary>
/// <param name="Header">The whole header's name: <c>Mcp-Param-</c> and the annotation's value.</param>
/// <param name="Path">The names of the properties that lead from the arguments to the value.</param>
internal sealed record HeaderParameter(string Header, IReadOnlyList<string> Path)
{
    public const string HeaderPrefix = "Mcp-Param-";
}
