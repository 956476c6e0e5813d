namespace McpHub.FunctionalTests.Security;

/// <summary>What somebody sends who has no token: headers, and perhaps a query.</summary>
internal sealed record ForgedToken(IReadOnlyList<(string Name, string Value)> Headers, string Query = "")
{
    public static implicit operator ForgedToken(string token) => new([("Authorization", "Bearer " + token)]);
}
