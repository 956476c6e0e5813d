using McpHub.Pipeline;
using McpHub.Security.Authentication;

namespace McpHub.Auditing;

/// <summary>Records who signed in, and who was refused.</summary>
internal sealed class AuditedSignIns(IAuditLog log) : ISignInObserver
{
    /// <remarks>A request follows, and is refused if nothing can be recorded.</remarks>
    public void OnSignedIn(Caller caller) =>
        log.TrySignIn(new AuditSignIn(caller.Key, caller.Issuer.Length > 0 ? "jwt" : "api_key", "") { Client = caller.Client, Issuer = caller.Issuer });

    public void OnRefused(CredentialFault fault, string server) =>
        log.TrySignIn(new AuditSignIn("", fault == CredentialFault.ApiKey ? "api_key" : "", SignInTelemetry.NameOf(fault)));
}
