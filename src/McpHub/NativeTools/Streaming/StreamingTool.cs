using System.Reflection;
using McpHub.Bridging;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Streaming;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;

namespace McpHub.NativeTools.Streaming;

/// <summary>
/// Calls a method that gives its result in parts: one that returns <see cref="IAsyncEnumerable{T}"/>, or takes an
/// <see cref="IToolStream"/>. The SDK has neither.
/// </summary>
internal sealed class StreamingTool
{
    private static readonly MethodInfo PumpMethod = typeof(StreamingTool).GetMethod(nameof(PumpAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly string _name;
    private readonly bool _isStructured;
    private readonly MethodInvoker _method;
    private readonly Func<object>? _createTarget;
    private readonly StreamingParameter[] _parameters;
    private readonly Func<object, ToolStreamWriter, CancellationToken, Task>? _pump;
    private readonly StreamRegistry _streams;
    private readonly TimeProvider _time;

    private StreamingTool(Tool tool, MethodInfo method, Type? item, Func<object>? createTarget, IServiceProvider services)
    {
        _name = tool.Name;
        _isStructured = tool.OutputSchema is not null;
        _method = MethodInvoker.Create(method);
        _createTarget = createTarget;
        _streams = services.GetRequiredService<StreamRegistry>();
        _time = services.GetRequiredService<TimeProvider>();
        _pump = item is null ? null : PumpMethod.MakeGenericMethod(item).CreateDelegate<Func<object, ToolStreamWriter, CancellationToken, Task>>();
        var isService = services.GetService<IServiceProviderIsService>();
        _parameters = Array.ConvertAll(method.GetParameters(), p => new StreamingParameter(p, services, isService));
    }

    /// <summary>Makes a way to a method that gives its result in parts.</summary>
    /// <param name="tool">The tool as the SDK describes it.</param>
    /// <param name="method">Its method.</param>
    /// <param name="createTarget">Gives the instance for a call; <see langword="null"/> for a static method.</param>
    /// <param name="services">The application's services.</param>
    /// <returns><see langword="null"/> for any other method.</returns>
    /// <exception cref="InvalidOperationException">The method has what cannot be streamed.</exception>
    public static StreamingTool? TryCreate(Tool tool, MethodInfo method, Func<object>? createTarget, IServiceProvider services)
    {
        var item = ItemOf(method.ReturnType);
        if (item is null && !Array.Exists(method.GetParameters(), p => p.ParameterType == typeof(IToolStream)))
        {
            return null;
        }

        if (item is null && !IsAwaited(method.ReturnType))
        {
            throw new InvalidOperationException(
                $"The method {method.DeclaringType}.{method.Name} takes an IToolStream, and has to return Task or ValueTask, with a string or nothing; it returns {method.ReturnType}.");
        }

        if (item is null && tool.OutputSchema is not null)
        {
            throw new InvalidOperationException(
                $"The method {method.DeclaringType}.{method.Name} takes an IToolStream, whose parts may be of any kind: its result cannot have an output schema (UseStructuredContent). Return IAsyncEnumerable<T> for that.");
        }

        return new StreamingTool(tool, method, item, createTarget, services);
    }

    /// <exception cref="Exception">Whatever the method throws.</exception>
    public async ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        using var writer = new ToolStreamWriter(context, _streams, _time, cancellationToken);
        var arguments = new object?[_parameters.Length];
        if (Bind(context, arguments, writer, cancellationToken) is { } fault)
        {
            return TextResult.Write(context, $"Invalid arguments for tool '{_name}': {fault}", isError: true);
        }

        var target = _createTarget?.Invoke();
        try
        {
            var returned = _method.Invoke(target, arguments.AsSpan());
            if (_pump is not null)
            {
                await _pump(returned!, writer, cancellationToken);
                return writer.Complete(_isStructured, null);
            }

            return writer.Complete(_isStructured, await AwaitAsync(returned));
        }
        finally
        {
            await DisposeAsync(target);
        }
    }

    private static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>) ? type.GetGenericArguments()[0] : null;

    private static bool IsAwaited(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) || type == typeof(Task<string>) || type == typeof(ValueTask<string>);

    private static async ValueTask<string?> AwaitAsync(object? returned)
    {
        switch (returned)
        {
            case Task<string> text:
                return await text;
            case ValueTask<string> text:
                return await text;
            case ValueTask task:
                await task;
                return null;
            case Task task:
                await task;
                return null;
            default:
                return null;
        }
    }

    private static async Task PumpAsync<T>(object parts, ToolStreamWriter writer, CancellationToken cancellationToken)
    {
        await foreach (var part in ((IAsyncEnumerable<T>)parts).WithCancellation(cancellationToken))
        {
            await writer.WritePartAsync(part, cancellationToken);
        }
    }

    /// <summary>As the SDK does it with an instance that it has made for a call.</summary>
    private static async ValueTask DisposeAsync(object? target)
    {
        if (target is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (target as IDisposable)?.Dispose();
        }
    }

    /// <returns>What is wrong with the arguments, or <see langword="null"/>.</returns>
    private string? Bind(McpContext context, object?[] arguments, ToolStreamWriter writer, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            var parameter = _parameters[i];
            if (!parameter.IsArgument)
            {
                arguments[i] = parameter.Fill(writer, cancellationToken);
            }
            else if (JsonMembers.TryGet(context.Slice(context.Envelope.Arguments), parameter.Utf8Name, out var json))
            {
                if (!parameter.TryRead(json, out arguments[i]))
                {
                    return $"'{parameter.Name}' has the wrong type.";
                }
            }
            else if (parameter.IsRequired)
            {
                return $"'{parameter.Name}' is missing.";
            }
            else
            {
                arguments[i] = parameter.Default;
            }
        }

        return null;
    }
}
