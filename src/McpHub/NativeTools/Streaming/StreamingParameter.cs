using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using McpHub.Protocol;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;

namespace McpHub.NativeTools.Streaming;

/// <summary>One parameter of a method that gives its result in parts: an argument of the tool, or what is filled in.</summary>
internal sealed class StreamingParameter
{
    private readonly ParameterInfo _parameter;
    private readonly IServiceProvider _services;
    private readonly JsonTypeInfo? _type;
    private readonly object? _serviceKey;
    private readonly bool _isKeyed;

    public StreamingParameter(ParameterInfo parameter, IServiceProvider services, IServiceProviderIsService? isService)
    {
        _parameter = parameter;
        _services = services;
        Name = parameter.Name ?? "";
        Utf8Name = Encoding.UTF8.GetBytes(Name);
        var keyed = parameter.GetCustomAttribute<FromKeyedServicesAttribute>();
        _isKeyed = keyed is not null;
        _serviceKey = keyed?.Key;
        var type = parameter.ParameterType;
        IsArgument = !_isKeyed && type != typeof(CancellationToken) && type != typeof(IToolStream) && type != typeof(IServiceProvider)
            && isService?.IsService(type) != true;
        if (!IsArgument)
        {
            return;
        }

        if (type.Assembly == typeof(McpException).Assembly || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IProgress<>)))
        {
            throw new InvalidOperationException(
                $"The method {parameter.Member.DeclaringType}.{parameter.Member.Name} gives its result in parts, and cannot have the parameter '{Name}' of type {type}: give parts instead of progress, and take IToolStream, services and arguments only.");
        }

        _type = McpJsonUtilities.DefaultOptions.GetTypeInfo(type);
    }

    public string Name { get; }

    public byte[] Utf8Name { get; }

    /// <summary>Whether the caller gives its value; else it is filled in.</summary>
    public bool IsArgument { get; }

    public bool IsRequired => !_parameter.HasDefaultValue;

    public object? Default => _parameter.HasDefaultValue ? _parameter.DefaultValue : null;

    /// <summary>Whether it is the stream itself.</summary>
    public bool IsStream => _parameter.ParameterType == typeof(IToolStream);

    /// <summary>What is filled in for a parameter that is no argument.</summary>
    public object? Fill(IToolStream stream, CancellationToken cancellationToken)
    {
        var type = _parameter.ParameterType;
        return type == typeof(CancellationToken) ? cancellationToken
            : type == typeof(IToolStream) ? stream
            : type == typeof(IServiceProvider) ? _services
            : _isKeyed ? _services.GetRequiredKeyedService(type, _serviceKey)
            : _services.GetRequiredService(type);
    }

    /// <summary>Reads an argument.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out object? value)
    {
        try
        {
            value = JsonSerializer.Deserialize(json, _type!);
            return true;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }
}
