namespace McpHub.Auditing;

/// <summary>Records what is no request. Never waits. Where no audit is configured, nothing is recorded, and all is well.</summary>
internal interface IAuditLog
{
    /// <summary>Records a sign-in.</summary>
    /// <returns>Whether there is room for it; if not, the request is to be refused as <see cref="Protocol.FailureKind.AuditUnavailable"/>.</returns>
    bool TrySignIn(in AuditSignIn signIn);

    /// <summary>Records something that an operator did: its name, and in words what.</summary>
    void Administered(string name, string what);
}
