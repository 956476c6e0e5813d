using ModelContextProtocol.Server;

namespace McpHub.Benchmarks;

/// <summary>A native tool as applications have them, that does nothing.</summary>
[McpServerToolType]
internal sealed class EchoTools
{
    public const string Name = "echo";

    [McpServerTool(Name = Name)]
    public static string Echo(string message) => message;
}
