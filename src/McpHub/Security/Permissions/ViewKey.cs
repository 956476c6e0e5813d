namespace McpHub.Security.Permissions;

/// <summary>What callers who see the same have in common.</summary>
/// <param name="Rules">The rules that are about them; <see langword="null"/> where there is no policy.</param>
/// <param name="Owner">The key of a caller who has something alone; empty for everybody else.</param>
internal readonly record struct ViewKey(CallerRules? Rules, string Owner);
