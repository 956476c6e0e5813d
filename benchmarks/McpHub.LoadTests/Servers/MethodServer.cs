using System.ComponentModel;
using ModelContextProtocol.Server;

namespace McpHub.LoadTests.Servers;

/// <summary>An application with a gateway in it that serves a method of its own, as <c>WithTools&lt;T&gt;()</c> has it.</summary>
internal static class MethodServer
{
    public const string Tool = "echo_method";

    public static Task RunAsync(int port)
    {
        var app = LoopbackHost.Build(port, services => services.AddMcpHub().WithTools<Tools>());
        app.UseMcpHub();
        app.UseRouting();
        app.MapMcpHub();
        return app.RunAsync();
    }

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = Tool)]
        [Description("Answers the message that it is given.")]
        public static string Echo(string message) => message;
    }
}
