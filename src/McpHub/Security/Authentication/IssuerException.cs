namespace McpHub.Security.Authentication;

/// <summary>An issuer doesn't give its keys. The message is whole sentences that say why.</summary>
internal sealed class IssuerException(string message, Exception? inner = null) : Exception(message, inner);
