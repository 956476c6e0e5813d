using McpHub.Pipeline;

namespace McpHub.Security.Authentication;

/// <summary>What came of a request's credential: a caller, or a fault.</summary>
internal readonly record struct Authentication(Caller? Caller, CredentialFault Fault)
{
    public static implicit operator Authentication(Caller caller) => new(caller, CredentialFault.None);

    public static implicit operator Authentication(CredentialFault fault) => new(null, fault);
}
