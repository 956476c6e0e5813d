using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Protocol;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Upstreams;

/// <summary>One request to an upstream: its bytes, and what belongs to it beside them.</summary>
/// <param name="id">The gateway's own id for it, unique for the connection; its progress token too.</param>
/// <param name="method">The method.</param>
/// <param name="message">The whole message; the call owns it.</param>
internal sealed class UpstreamCall(long id, McpMethod method, Utf8Buffer message) : IDisposable
{
    public long Id { get; } = id;

    public McpMethod Method { get; } = method;

    public Utf8Buffer Message { get; } = message;

    /// <summary>The value of <c>Mcp-Name</c>, for modern HTTP upstreams.</summary>
    public string? NameHeader { get; init; }

    /// <summary>The <c>Mcp-Param-*</c> headers, for modern HTTP upstreams.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ParamHeaders { get; init; } = [];

    /// <summary>Where progress and log messages of this call go; <see langword="null"/> if nobody wants them.</summary>
    public CallRelay? Relay { get; init; }

    /// <summary>Who answers what the server asks during the call; <see langword="null"/> if nobody can.</summary>
    public ICallInputs? Inputs { get; init; }

    /// <summary>Where the acknowledgement of a listen request goes; <see langword="null"/> for any other.</summary>
    public ListenAck? Ack { get; init; }

    /// <summary>Where what a listen request brings of tasks goes; <see langword="null"/> for any other.</summary>
    public WatchedStates? Tasks { get; init; }

    public void Dispose()
    {
        Inputs?.Dispose();
        Relay?.Detach();
        Message.Dispose();
    }
}
