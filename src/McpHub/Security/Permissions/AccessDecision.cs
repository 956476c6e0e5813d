namespace McpHub.Security.Permissions;

/// <summary>The policy's decision on one request.</summary>
/// <param name="Outcome">What it says.</param>
/// <param name="Rule">The id of the rule that decided; <see cref="PolicyModel.DefaultRule"/> where none did.</param>
/// <param name="Scopes">All scopes that are needed, where some are lacking.</param>
internal readonly record struct AccessDecision(AccessOutcome Outcome, string Rule, IReadOnlyList<string>? Scopes = null);
