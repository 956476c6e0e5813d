using System.Text.Json;

namespace McpHub.Composition.Checking;

/// <summary>The tools that a definition is checked against.</summary>
internal interface IToolDirectory
{
    /// <summary>The names, for suggestions.</summary>
    IEnumerable<string> Names { get; }

    /// <returns>The tool's definition; <see langword="null"/> if there is none by this name.</returns>
    JsonElement? Find(string tool);
}
