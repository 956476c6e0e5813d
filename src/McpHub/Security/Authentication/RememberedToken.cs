using McpHub.Pipeline;

namespace McpHub.Security.Authentication;

/// <summary>A credential that has been found good.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Audiences">What it is for, in canonical form; <see langword="null"/> if it is for every endpoint.</param>
/// <param name="Expires">Until when, with the skew of clocks.</param>
internal sealed record RememberedToken(Caller Caller, string[]? Audiences, DateTimeOffset Expires);
