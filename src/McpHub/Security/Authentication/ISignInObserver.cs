using System.Net;
using McpHub.Pipeline;

namespace McpHub.Security.Authentication;

/// <summary>Is told of credentials, in the middle of the request that brings them: it must neither wait nor throw.</summary>
internal interface ISignInObserver
{
    /// <summary>A credential was found good that wasn't remembered.</summary>
    /// <param name="caller">Whose it is.</param>
    /// <param name="address">Where the request came from, as far as is known.</param>
    void OnSignedIn(Caller caller, IPAddress? address);

    /// <summary>A request was refused for its credential.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="server">The server whose endpoint was called; empty for that of all.</param>
    /// <param name="address">Where the request came from, as far as is known.</param>
    void OnRefused(CredentialFault fault, string server, IPAddress? address);
}
