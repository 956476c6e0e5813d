using System.Text.Json;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Composition.Checking;

/// <summary>The tools that a view of the catalog shows. What is looked at is parsed once.</summary>
internal sealed class ViewDirectory(CatalogView view) : IToolDirectory
{
    private readonly Dictionary<string, JsonElement?> _found = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => view.Content.Tools.Select(t => t.Name);

    public JsonElement? Find(string tool)
    {
        if (!_found.TryGetValue(tool, out var definition))
        {
            _found[tool] = definition = view.FindTool(JsonText.Encode(tool)) is { } entry
                ? JsonElement.Parse(entry.Definition.Span, JsonDefaults.Document)
                : null;
        }

        return definition;
    }
}
