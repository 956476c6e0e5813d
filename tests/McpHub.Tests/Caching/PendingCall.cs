using McpHub.Pipeline;

namespace McpHub.Tests.Caching;

/// <summary>A request on its way.</summary>
internal sealed record PendingCall(McpContext Context, Task<CallAnswer> Answer)
{
    /// <summary>The client has no more use for an answer.</summary>
    public void Cancel() => Context.Cancel();
}
