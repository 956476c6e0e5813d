using McpHub.LoadTests.Processes;

namespace McpHub.LoadTests.Cases;

/// <summary>A token of the gateway's own issuing, as a developer gets one.</summary>
internal static class BearerToken
{
    /// <summary>The role that the caller has.</summary>
    public const string Role = "load";

    /// <summary>Has the gateway's <c>token</c> command sign one with the key of a configuration.</summary>
    public static async Task<string> IssueAsync(string gatewayPath, string configFile, CancellationToken cancellationToken)
    {
        var command = ProcessCommand.Gateway(gatewayPath, "token", configFile, "--subject", "load", "--role", Role, "--expires", "24h");
        using var process = ChildProcess.Start(command, usesPipes: true);
        using var output = new StreamReader(process.Output);
        var token = (await output.ReadToEndAsync(cancellationToken)).Trim();
        return token.Length > 0 ? token : throw new InvalidOperationException($"'{command}' gave no token: {process.LastOutput}");
    }
}
