namespace McpHub.Composition.Definitions;

/// <summary>What of a tool's result is its step's output.</summary>
internal enum OutputForm : byte
{
    /// <summary>The structured content; or else the text, parsed if it is a JSON object or array.</summary>
    Auto,

    /// <summary>The text, whatever it looks like.</summary>
    Text,

    /// <summary>The text parsed as JSON; what is no JSON is a failure.</summary>
    Json,

    /// <summary>The whole result.</summary>
    Full,
}
