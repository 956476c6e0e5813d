namespace McpHub.Configuration.Reading;

/// <summary>What <c>type</c> says.</summary>
internal enum TransportKind
{
    Stdio,
    Http,
    Streamable,
    Sse,
}
