using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>Serves the fixture over standard input and output, until the input ends.</summary>
internal static class StdioFixture
{
    public static async Task RunAsync(ServerEra era)
    {
        var server = new FixtureServer();
        await using var transport = new EraFilterTransport(new StdioServerTransport("mcphub-conformance-fixture"), era);
        await using var session = server.Start(transport);
        await session.Completion;
    }
}
