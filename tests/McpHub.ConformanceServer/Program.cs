using McpHub.ConformanceServer;
using McpHub.ConformanceServer.Hosting;

CommandLine commandLine;
try
{
    commandLine = CommandLine.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n{CommandLine.Usage}");
    return 2;
}

if (commandLine.Stdio)
{
    await StdioFixture.RunAsync(commandLine.Era);
}
else
{
    await using var server = await HttpFixture.StartAsync(commandLine.Url, commandLine.Era);
    Console.WriteLine($"listening on {server.Url}");
    await server.WaitForShutdownAsync();
}

return 0;
