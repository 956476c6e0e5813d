using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>An upstream could not be asked, or did not answer as it should. The message is fit for clients.</summary>
internal sealed class UpstreamException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;

    /// <summary>The HTTP status that the upstream refused the request with; 0 if it was something else.</summary>
    public int HttpStatus { get; init; }
}
