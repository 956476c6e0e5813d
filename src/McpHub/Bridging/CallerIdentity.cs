using McpHub.Pipeline;

namespace McpHub.Bridging;

/// <summary>
/// Who makes a request, as what a client carries is bound to it. The one place that says so: the gateway doesn't authenticate its
/// clients, so that to it they all are the same.
/// </summary>
internal static class CallerIdentity
{
    public static ReadOnlySpan<byte> Of(McpContext context) => "anonymous"u8;
}
