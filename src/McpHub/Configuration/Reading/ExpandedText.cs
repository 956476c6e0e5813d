namespace McpHub.Configuration.Reading;

/// <summary>A string of the file after substitution.</summary>
/// <param name="Value">The text; a reference without a value stands in it as written.</param>
/// <param name="Shown">The text for messages: every reference by its name, so that nothing substituted is shown.</param>
/// <param name="IsComplete">Whether every reference had a value.</param>
internal readonly record struct ExpandedText(string Value, string Shown, bool IsComplete);
