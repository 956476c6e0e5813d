using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>Serves the fixture over standard input and output, until the input ends.</summary>
internal static class StdioFixture
{
    /// <summary>For what is still being answered when the input ends. What waits for the client by then waits in vain.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(ServerEra era)
    {
        var server = new FixtureServer();
        await using var transport = new EraFilterTransport(new StdioServerTransport("mcphub-conformance-fixture"), era);
        await using var session = server.Start(transport);
        await transport.InputEnded;
        await session.Completion.WaitAsync(Grace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
