namespace McpHub.Auditing;

/// <summary>Records what is no request. Never waits. Where no audit is configured, nothing is recorded, and all is well.</summary>
internal interface IAuditLog
{
    /// <summary>Records a sign-in. More of them than can be written are counted, and their number is recorded.</summary>
    void SignIn(in AuditSignIn signIn);

    /// <summary>Records something that an operator did: its name, and in words what.</summary>
    void Administered(string name, string what);
}
