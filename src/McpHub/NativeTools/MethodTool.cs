using System.Reflection;
using System.Text.Json;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.NativeTools.Streaming;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.NativeTools;

/// <summary>A native tool that is a method with the SDK's <see cref="McpServerToolAttribute"/>.</summary>
internal sealed partial class MethodTool : NativeTool
{
    private static readonly System.Text.Json.Serialization.Metadata.JsonTypeInfo<CallToolResult> ResultType =
        (System.Text.Json.Serialization.Metadata.JsonTypeInfo<CallToolResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult));

    private readonly McpServerTool _tool;
    private readonly DirectTool? _direct;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly string[] _required;

    public MethodTool(McpServerTool tool, DirectTool? direct, string category, IServiceProvider services, ILogger<MethodTool> logger, IReadOnlyList<string>? tags = null)
        : base(DefinitionOf(tool.ProtocolTool, category, tags))
    {
        _tool = tool;
        _direct = direct;
        _services = services;
        _logger = logger;
        var definition = tool.ProtocolTool;
        _required = definition.InputSchema.TryGetProperty("required", out var required)
            ? [.. required.EnumerateArray().Select(r => r.GetString()!)]
            : [];
    }

    /// <summary>How the tool is called if it gives its result in parts.</summary>
    private StreamingTool? Streaming { get; init; }

    /// <summary>The tools that are methods of a class.</summary>
    /// <typeparam name="T">The class; an instance for each call comes from the services if it has instance methods.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="pack">The name by which <c>gateway.packs</c> asks for them; <see langword="null"/> for those that are always there.</param>
    public static NativeToolSet SetOf<T>(IServiceProvider services, string? pack = null)
        where T : class => new(() => [.. Of<T>(services)]) { IsOffered = pack is null ? null : gateway => gateway.Packs.Contains(pack) };

    public override ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (Streaming is not null)
        {
            return AwaitAsync(Streaming.InvokeAsync(context, cancellationToken), context, cancellationToken);
        }

        if (_direct is null)
        {
            return InvokeBySdkAsync(context, cancellationToken);
        }

        try
        {
            var pending = _direct.InvokeAsync(context, cancellationToken);
            return pending.IsCompletedSuccessfully ? pending : AwaitAsync(pending, context, cancellationToken);
        }
        catch (Exception e)
        {
            return new ValueTask<McpResult>(Explain(e, context, cancellationToken));
        }
    }

    private static IEnumerable<MethodTool> Of<T>(IServiceProvider services)
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
            yield return Create<T>(method, category, services);
        }
    }

    private static MethodTool Create<T>(MethodInfo method, string category, IServiceProvider services)
        where T : class
    {
        var options = new McpServerToolCreateOptions { Services = services };
        var tool = method.IsStatic
            ? McpServerTool.Create(method, options: options)
            : McpServerTool.Create(method, request => ActivatorUtilities.GetServiceOrCreateInstance<T>(request.Services!), options);
        // The SDK disposes an instance after its call; the direct way is for those that need no such care.
        var needsCare = !method.IsStatic && (typeof(IDisposable).IsAssignableFrom(typeof(T)) || typeof(IAsyncDisposable).IsAssignableFrom(typeof(T)));
        var streaming = StreamingTool.TryCreate(
            tool.ProtocolTool, method, method.IsStatic ? null : () => ActivatorUtilities.GetServiceOrCreateInstance<T>(services), services);
        var direct = needsCare || streaming is not null ? null : DirectTool.TryCreate(
            tool.ProtocolTool, method, method.IsStatic ? null : () => ActivatorUtilities.GetServiceOrCreateInstance<T>(services), services);
        return new MethodTool(tool, direct, category, services, services.GetRequiredService<ILogger<MethodTool>>(), TagsOf<T>(method))
        {
            TaskOptions = TaskOptionsOf(method),
            Streaming = streaming,
            Caching = CachingOf(method, streaming is not null),
        };
    }

    private static string[] TagsOf<T>(MethodInfo method) =>
        [.. new[] { typeof(T).GetCustomAttribute<ToolTagsAttribute>(), method.GetCustomAttribute<ToolTagsAttribute>() }
            .OfType<ToolTagsAttribute>().SelectMany(a => a.Tags).Distinct()];

    private static CachingTraits CachingOf(MethodInfo method, bool isStreaming)
    {
        var result = method.GetCustomAttribute<CacheResultAttribute>();
        if (isStreaming && result is not null)
        {
            throw new InvalidOperationException($"[CacheResult] of {method.DeclaringType}.{method.Name}: a result that is given in parts is not kept.");
        }

        return result is null or { TtlSeconds: >= 1 }
            ? new CachingTraits
            {
                // A task is another one each time, and a stream has the parts for itself.
                IsNever = isStreaming || method.GetCustomAttribute<RunsAsTaskAttribute>() is not null,
                Result = result,
                Invalidates = method.GetCustomAttribute<InvalidatesCacheAttribute>()?.Tags ?? [],
            }
            : throw new InvalidOperationException($"[CacheResult] of {method.DeclaringType}.{method.Name}: TtlSeconds has to be at least 1.");
    }

    private static RunsAsTaskAttribute? TaskOptionsOf(MethodInfo method)
    {
        const int Week = 7 * 24 * 3600;
        var options = method.GetCustomAttribute<RunsAsTaskAttribute>();
        return options is null or { TimeToLiveSeconds: >= 1 and <= Week, PollIntervalMs: >= 1 }
            ? options
            : throw new InvalidOperationException(
                $"[RunsAsTask] of {method.DeclaringType}.{method.Name}: TimeToLiveSeconds has to be 1 to {Week}, and PollIntervalMs at least 1.");
    }

    private static Definition DefinitionOf(Tool tool, string category, IReadOnlyList<string>? tags) => new(
        tool.Name, JsonSerializer.SerializeToUtf8Bytes(tool, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool))), category, tags);

    private async ValueTask<McpResult> AwaitAsync(ValueTask<McpResult> pending, McpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await pending;
        }
        catch (Exception e)
        {
            return Explain(e, context, cancellationToken);
        }
    }

    private async ValueTask<McpResult> InvokeBySdkAsync(McpContext context, CancellationToken cancellationToken)
    {
        using var server = new NativeToolServer(context, _services);
        try
        {
            var parameters = ReadParams(context);
            if (Array.Find(_required, r => parameters.Arguments?.ContainsKey(r) != true) is { } missing)
            {
                return TextResult.Write(context, $"Invalid arguments for tool '{_tool.ProtocolTool.Name}': '{missing}' is missing.", isError: true);
            }

            var request = new RequestContext<CallToolRequestParams>(server, new JsonRpcRequest { Method = "tools/call" }, parameters)
            {
                Services = _services,
                MatchedPrimitive = _tool,
            };
            return Write(context, await _tool.InvokeAsync(request, cancellationToken));
        }
        catch (Exception e)
        {
            return Explain(e, context, cancellationToken);
        }
    }

    /// <summary>As the SDK does it: only what the author meant for the client is shown to it.</summary>
    private McpResult Explain(Exception exception, McpContext context, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case OperationCanceledException when cancellationToken.IsCancellationRequested:
                return McpResult.Fail(context.IsCancelledByClient ? FailureKind.Cancelled : FailureKind.TimedOut, "The call was cancelled.");
            case McpProtocolException e:
                return Write(e);
            default:
                LogToolFailed(_logger, exception, _tool.ProtocolTool.Name);
                return TextResult.Write(context, TextFor(exception), isError: true);
        }
    }

    private string TextFor(Exception exception) => exception switch
    {
        McpException => exception.Message,
        JsonException => $"Invalid arguments for tool '{_tool.ProtocolTool.Name}': a value has the wrong type.",
        _ => $"An error occurred invoking '{_tool.ProtocolTool.Name}'.",
    };

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

    private static McpResult Write(McpContext context, CallToolResult result)
    {
        // The object is its tool's, which may keep it and give it again: it stays as it is.
        var written = context.SkipsText && result is { StructuredContent.ValueKind: JsonValueKind.Object, IsError: not true }
            ? new CallToolResult { Content = [], StructuredContent = result.StructuredContent, Meta = result.Meta, ResultType = result.ResultType }
            : result;
        var buffer = Utf8Buffer.Rent();
        using (var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer))
        {
            JsonSerializer.Serialize(writer, written, ResultType);
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
