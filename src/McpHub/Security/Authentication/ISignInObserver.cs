using McpHub.Pipeline;

namespace McpHub.Security.Authentication;

/// <summary>Is told of credentials, in the middle of the request that brings them: it must neither wait nor throw.</summary>
internal interface ISignInObserver
{
    /// <summary>A credential was found good that wasn't remembered.</summary>
    void OnSignedIn(Caller caller);

    /// <summary>A request was refused for its credential.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="server">The server whose endpoint was called; empty for that of all.</param>
    void OnRefused(CredentialFault fault, string server);
}
