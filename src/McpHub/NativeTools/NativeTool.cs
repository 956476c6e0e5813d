using System.Reflection;
using System.Text.Json;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.NativeTools;

/// <summary>A tool that runs in the gateway's own process: a method with the SDK's <see cref="McpServerToolAttribute"/>.</summary>
internal sealed partial class NativeTool
{
    private static readonly System.Text.Json.Serialization.Metadata.JsonTypeInfo<CallToolResult> ResultType =
        (System.Text.Json.Serialization.Metadata.JsonTypeInfo<CallToolResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult));

    private readonly McpServerTool _tool;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly string[] _required;

    public NativeTool(McpServerTool tool, string category, IServiceProvider services, ILogger<NativeTool> logger)
    {
        _tool = tool;
        _services = services;
        _logger = logger;
        Category = category;
        var definition = tool.ProtocolTool;
        Definition = new Definition(definition.Name, JsonSerializer.SerializeToUtf8Bytes(definition, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool))));
        _required = definition.InputSchema.TryGetProperty("required", out var required)
            ? [.. required.EnumerateArray().Select(r => r.GetString()!)]
            : [];
    }

    public Definition Definition { get; }

    public string Category { get; }

    /// <summary>Whether the tool is one of the gateway's own, which the configuration can switch off.</summary>
    public bool IsBuiltIn { get; private init; }

    /// <summary>Makes tools of the methods of a class.</summary>
    /// <typeparam name="T">The class; an instance for each call comes from the services if it has instance methods.</typeparam>
    public static IEnumerable<Func<IServiceProvider, NativeTool>> Of<T>()
        where T : class
    {
        var ofClass = typeof(T).GetCustomAttribute<ToolCategoryAttribute>()?.Name ?? "native";
        foreach (var method in typeof(T).GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
        {
            if (method.GetCustomAttribute<McpServerToolAttribute>() is null)
            {
                continue;
            }

            var category = method.GetCustomAttribute<ToolCategoryAttribute>()?.Name ?? ofClass;
            yield return services => new NativeTool(
                method.IsStatic
                    ? McpServerTool.Create(method, options: new McpServerToolCreateOptions { Services = services })
                    : McpServerTool.Create(
                        method,
                        request => Microsoft.Extensions.DependencyInjection.ActivatorUtilities.GetServiceOrCreateInstance<T>(request.Services!),
                        new McpServerToolCreateOptions { Services = services }),
                category,
                services,
                Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<ILogger<NativeTool>>(services))
            {
                IsBuiltIn = typeof(T) == typeof(HubTools),
            };
        }
    }

    public async ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        using var server = new NativeToolServer(context, _services);
        try
        {
            var parameters = ReadParams(context);
            if (Array.Find(_required, r => parameters.Arguments?.ContainsKey(r) != true) is { } missing)
            {
                return Write(context, Failed($"Invalid arguments for tool '{_tool.ProtocolTool.Name}': '{missing}' is missing."));
            }

            var request = new RequestContext<CallToolRequestParams>(server, new JsonRpcRequest { Method = "tools/call" }, parameters)
            {
                Services = _services,
                MatchedPrimitive = _tool,
            };
            return Write(context, await _tool.InvokeAsync(request, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return McpResult.Fail(context.IsCancelledByClient ? FailureKind.Cancelled : FailureKind.TimedOut, "The call was cancelled.");
        }
        catch (McpProtocolException e)
        {
            return Write(e);
        }
        catch (Exception e)
        {
            // As the SDK does it: only what the author meant for the client is shown to it.
            LogToolFailed(_logger, e, _tool.ProtocolTool.Name);
            return Write(context, Failed(e switch
            {
                McpException => e.Message,
                JsonException => $"Invalid arguments for tool '{_tool.ProtocolTool.Name}': a value has the wrong type.",
                _ => $"An error occurred invoking '{_tool.ProtocolTool.Name}'.",
            }));
        }
    }

    private static CallToolRequestParams ReadParams(McpContext context)
    {
        Dictionary<string, JsonElement>? arguments = null;
        if (context.Envelope.Arguments.IsPresent)
        {
            var members = new JsonMembers(context.Slice(context.Envelope.Arguments));
            arguments = [];
            while (members.MoveNext())
            {
                var reader = new Utf8JsonReader(members.Value, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
                arguments[JsonText.Decode(members.Name) ?? ""] = JsonElement.ParseValue(ref reader);
            }
        }

        return new CallToolRequestParams
        {
            Name = JsonText.Decode(context.Slice(context.Envelope.Name))!,
            Arguments = arguments,
            Meta = context.Envelope.Meta.IsPresent
                ? System.Text.Json.Nodes.JsonNode.Parse(context.Slice(context.Envelope.Meta), documentOptions: JsonDefaults.Document) as System.Text.Json.Nodes.JsonObject
                : null,
        };
    }

    private static CallToolResult Failed(string text) => new() { IsError = true, Content = [new TextContentBlock { Text = text }] };

    private static McpResult Write(McpContext context, CallToolResult result)
    {
        var buffer = Utf8Buffer.Rent();
        using (var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer))
        {
            JsonSerializer.Serialize(writer, result, ResultType);
        }

        // What the SDK writes is a result of the newest legacy revision; the client's own may be another.
        return NativeResult.Complete(context, buffer, result.IsError == true);
    }

    private static McpResult Write(McpProtocolException e)
    {
        var buffer = Utf8Buffer.Rent();
        var error = new ObjectCopy(buffer);
        error.Begin("code"u8);
        buffer.Write((long)e.ErrorCode);
        error.Begin("message"u8);
        JsonText.Write(buffer, e.Message);
        error.End();
        return McpResult.UpstreamError(buffer, buffer.Memory, (int)e.ErrorCode);
    }

    [LoggerMessage(170, LogLevel.Warning, "The native tool '{Tool}' failed.")]
    private static partial void LogToolFailed(ILogger logger, Exception exception, string tool);
}
