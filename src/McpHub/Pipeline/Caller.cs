namespace McpHub.Pipeline;

/// <summary>Who a request is from, as far as what one client was given must not serve another.</summary>
internal static class Caller
{
    /// <summary>The caller's identity. Without authentication all callers are one.</summary>
    public static string Of(McpContext context)
    {
        _ = context;
        return "anonymous";
    }
}
