using McpHub.Server.CommandLine;

return await GatewayCommand.RunAsync(args);
