namespace McpHub.Auditing;

/// <summary>What checking one chain found.</summary>
/// <param name="Chain">The chain's number.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Lines">How many lines.</param>
/// <param name="Head">The last line's number and hash.</param>
/// <param name="Problems">What is wrong; empty if nothing is.</param>
internal sealed record AuditChainReport(int Chain, int Files, long Lines, AuditHead Head, IReadOnlyList<AuditProblem> Problems);
