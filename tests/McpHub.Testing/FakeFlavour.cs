namespace McpHub.Testing;

/// <summary>The transports that a <see cref="FakeUpstream"/> speaks.</summary>
internal enum FakeFlavour
{
    Streamable,

    /// <summary>HTTP+SSE of 2024-11-05.</summary>
    Sse,
}
