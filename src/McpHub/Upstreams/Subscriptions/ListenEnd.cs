namespace McpHub.Upstreams.Subscriptions;

/// <summary>How a listen request ended.</summary>
/// <param name="Reason">Why, in words.</param>
/// <param name="IsRefusal">Whether the server doesn't want it like this: the same request again would end alike.</param>
internal sealed record ListenEnd(string Reason, bool IsRefusal);
