using System.Net;
using McpHub.Pipeline;
using McpHub.Security.Authentication;

namespace McpHub.Auditing;

/// <summary>Records who signed in, and who was refused.</summary>
internal sealed class AuditedSignIns(IAuditLog log) : ISignInObserver
{
    public void OnSignedIn(Caller caller, IPAddress? address) => log.SignIn(new AuditSignIn(caller.Key, caller.Issuer.Length > 0 ? "jwt" : "api_key", "")
    {
        Client = caller.Client,
        Issuer = caller.Issuer,
        Address = address,
    });

    public void OnRefused(CredentialFault fault, string server, IPAddress? address) =>
        log.SignIn(new AuditSignIn("", fault == CredentialFault.ApiKey ? "api_key" : "", SignInTelemetry.NameOf(fault)) { Address = address });
}
