using McpHub.Configuration;

namespace McpHub.Security.Authentication;

/// <summary>An issuer and its keys, as they are while a configuration is live.</summary>
internal sealed record TokenIssuer(IssuerConfig Config, IKeySource Keys);
