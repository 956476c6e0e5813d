namespace McpHub.Configuration.Reading;

/// <summary>What a rule found: the rest of a sentence that begins with the value, and one sentence that says what to do.</summary>
internal readonly record struct Problem(string What, string Mend);
