using McpHub.LoadTests.CommandLine;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Servers;

/// <summary><c>serve</c>: this executable as one of the processes that the gateway is compared with or put in front of.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 8090;

    public static async Task<int> RunAsync(string what, Arguments arguments)
    {
        switch (what)
        {
            case "bare":
                await BareServer.RunAsync(arguments.Number("port", DefaultPort));
                return 0;
            case "native-method":
                await MethodServer.RunAsync(arguments.Number("port", DefaultPort));
                return 0;
            case "upstream":
                var delay = TimeSpan.FromMilliseconds(arguments.Number("delay", 0));
                await new UpstreamServer(EchoServer(arguments), delay).RunAsync(arguments.Number("port", DefaultPort));
                return 0;
            case "streaming":
                await new StreamingServer(EchoServer(arguments)).RunAsync(arguments.Number("port", DefaultPort));
                return 0;
            case "proxy" or "proxy-client":
                var upstream = arguments.Text("upstream") ?? throw new UsageException("--upstream needs the URL of an MCP server.");
                using (var proxy = new ProxyServer(new Uri(upstream), usesClient: what == "proxy-client"))
                    await proxy.RunAsync(arguments.Number("port", DefaultPort));
                return 0;
            case "stdio-upstream":
                new StdioUpstream(EchoServer(arguments)).Run();
                return 0;
            case "stdio-echo":
                StdioEcho.Run();
                return 0;
            default:
                throw new UsageException($"'{what}' cannot be served: bare, native-method, upstream, streaming, proxy, proxy-client, stdio-upstream and stdio-echo can.");
        }
    }

    private static EchoMcpServer EchoServer(Arguments arguments) =>
        new(arguments.Choice("era", McpEra.Both), new ToolCatalog(arguments.Number("tools", 1)));
}
