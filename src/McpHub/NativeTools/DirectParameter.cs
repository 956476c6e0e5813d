using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using McpHub.Protocol;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;

namespace McpHub.NativeTools;

/// <summary>One parameter of a native tool's method: a JSON value, or the cancellation token.</summary>
internal sealed class DirectParameter
{
    private readonly JsonTypeInfo? _type;

    private DirectParameter(ParameterInfo parameter, JsonTypeInfo? type)
    {
        _type = type;
        Name = parameter.Name!;
        Utf8Name = Encoding.UTF8.GetBytes(Name);
        IsRequired = !parameter.HasDefaultValue;
        Default = parameter.HasDefaultValue ? parameter.DefaultValue : null;
    }

    public string Name { get; }

    public byte[] Utf8Name { get; }

    public bool IsRequired { get; }

    public object? Default { get; }

    public bool IsToken => _type is null;

    /// <returns><see langword="null"/> for a parameter that only the SDK can bind: a service, the server, a progress reporter, …</returns>
    public static DirectParameter? TryCreate(ParameterInfo parameter, IServiceProviderIsService? services)
    {
        var type = parameter.ParameterType;
        if (type == typeof(CancellationToken))
        {
            return new DirectParameter(parameter, null);
        }

        var isPlain = type == typeof(string) || type == typeof(JsonElement) || (type.IsPrimitive && type != typeof(nint) && type != typeof(nuint))
            || type == typeof(decimal);
        return isPlain && parameter.Name is not null && parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is null && services?.IsService(type) != true
            ? new DirectParameter(parameter, McpJsonUtilities.DefaultOptions.GetTypeInfo(type))
            : null;
    }

    /// <summary>Reads the parameter's value from its JSON.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out object? value)
    {
        if (_type!.Type == typeof(string))
        {
            value = JsonText.Decode(json);
            return value is not null || json.SequenceEqual("null"u8);
        }

        try
        {
            value = JsonSerializer.Deserialize(json, _type);
            return true;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }
}
