using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace McpHub.Server.CommandLine;

/// <summary>The whole command line.</summary>
internal static class GatewayCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"mcphub: {error.Message}");
            }

            var command = parsed.CommandResult.Command.Name;
            await Console.Error.WriteLineAsync($"Try 'mcphub{(command == "mcphub" ? "" : " " + command)} --help'.");
            return ExitCode.Usage;
        }

        // Signals are the host's: it drains before it ends.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static Command Create()
    {
        var common = new CommonOptions();
        var root = ServeCommand.Configure(
            new Command("mcphub", "Puts one MCP endpoint in front of every MCP server of a configuration file. Without a command it serves."), common);
        common.AddTo(root);
        root.Add(new VersionOption());
        root.Add(ServeCommand.Configure(
            new Command("serve", "Serves over HTTP: MCP, /metrics, /health/live and /health/ready. The default command."), common));
        root.Add(StdioCommand.Create(common));
        root.Add(CheckCommand.Create(common));
        root.Add(ToolsCommand.Create(common));
        root.Add(CallCommand.Create(common));
        root.Add(ComposeCommand.Create(common));
        root.Add(TokenCommand.Create(common));
        root.Add(AuditCommand.Create(common));

        var help = new HelpOption();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Add(help);
        return root;
    }

    /// <summary>The usual help, and an example of the command beneath it.</summary>
    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            inner.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(ExamplesOf(parseResult.CommandResult.Command.Name));
            return ExitCode.Ok;
        }

        private static string ExamplesOf(string command) => command switch
        {
            "serve" => """
                Example: serve the servers of a file on another port
                  mcphub serve --config ~/mcp.json --url http://127.0.0.1:9000

                """,
            "stdio" => """
                Example: what a client that starts its servers itself is given
                  {"mcpServers": {"mcphub": {"command": "mcphub", "args": ["stdio", "--config", "/home/me/mcphub.json"]}}}

                """,
            "check" => """
                Examples: fail a pipeline when a server is down; see what a caller may have, and by which rule
                  mcphub check --json > servers.json
                  mcphub check --as subject=ann,role=developer,scope=files:read

                """,
            "tools" => """
                Example: the names of one server's tools
                  mcphub tools --server github --json | jq -r '.[].tool.name'

                """,
            "call" => """
                Examples: arguments on the command line, or from another program
                  mcphub call hub_echo '{"message": "hello"}'
                  jq -n '{message: "hello"}' | mcphub call hub_echo -

                """,
            "compose" or "validate" or "run" or "draw" => """
                Examples: check a composition, try it, and see its graph
                  mcphub compose validate find.json
                  mcphub compose run find.json '{"query": "apollo"}'
                  mcphub compose draw find.json --format svg > find.svg

                """,
            "token" => """
                Examples: a key to begin with, a token for a day, and an API key
                  mcphub token --new-key development.pem
                  mcphub token --subject alice --scope tools:read --role admin --expires 24h
                  mcphub token --new-api-key build-server

                """,
            _ => """
                Examples:
                  mcphub                            serve the mcphub.json (or .mcp.json, ...) of this folder
                  mcphub check                      try every server and say what is wrong
                  mcphub call hub_echo '{"message": "hello"}'

                A first mcphub.json:
                  {"mcpServers": {"everything": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-everything"]}}}

                """,
        };
    }
}
