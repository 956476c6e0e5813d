using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>One tool of the fixture: what a list shows of it, and what a call does.</summary>
internal sealed class FixtureTool
{
    public const string NoArguments = """{"type":"object","additionalProperties":false}""";

    public FixtureTool(
        string name,
        string description,
        McpRequestHandler<CallToolRequestParams, CallToolResult> handler,
        string inputSchema = NoArguments)
        : this(name, description, inputSchema, async (request, cancellationToken) => await handler(request, cancellationToken))
    {
    }

    /// <summary>A tool that needs neither its arguments nor time.</summary>
    public FixtureTool(string name, string description, Func<CallToolResult> handler, string inputSchema = NoArguments)
        : this(name, description, (_, _) => ValueTask.FromResult(handler()), inputSchema)
    {
    }

    /// <summary>A tool that may answer with a task.</summary>
    public FixtureTool(
        string name,
        string description,
        string inputSchema,
        McpRequestHandler<CallToolRequestParams, ResultOrAlternate<CallToolResult>> handler)
    {
        Definition = new Tool { Name = name, Description = description, InputSchema = JsonElement.Parse(inputSchema) };
        Handler = handler;
    }

    public Tool Definition { get; }

    public McpRequestHandler<CallToolRequestParams, ResultOrAlternate<CallToolResult>> Handler { get; }
}
