using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>What the gateway has to know of a tool's schemas.</summary>
/// <param name="HeaderParameters">The annotated arguments.</param>
/// <param name="HasOpenOutput">Whether there is an output schema whose root is not an object.</param>
/// <param name="Fault">Why the annotations are invalid; such a tool must not be shown to HTTP clients (SEP-2243).</param>
internal sealed record ToolSchema(IReadOnlyList<HeaderParameter> HeaderParameters, bool HasOpenOutput, string? Fault)
{
    private const string Annotation = "x-mcp-header";

    private static readonly ToolSchema Plain = new([], false, null);

    public static ToolSchema Read(ReadOnlyMemory<byte> definition)
    {
        var hasAnnotations = definition.Span.IndexOf("\"x-mcp-header\""u8) >= 0;
        var hasOutput = definition.Span.IndexOf("\"outputSchema\""u8) >= 0;
        if (!hasAnnotations && !hasOutput)
        {
            return Plain;
        }

        try
        {
            return Read(definition, hasAnnotations);
        }
        catch (InvalidOperationException)
        {
            return new ToolSchema([], false, "a name in the schema is not valid Unicode");
        }
    }

    private static ToolSchema Read(ReadOnlyMemory<byte> definition, bool hasAnnotations)
    {
        using var document = JsonDocument.Parse(definition, JsonDefaults.Document);
        var open = document.RootElement.TryGetProperty("outputSchema", out var output) && output.ValueKind != JsonValueKind.Null
            && !(output.ValueKind == JsonValueKind.Object && output.TryGetProperty("type", out var type)
                && type.ValueKind == JsonValueKind.String && type.ValueEquals("object"));

        var parameters = new List<HeaderParameter>();
        string? fault = null;
        if (hasAnnotations && document.RootElement.TryGetProperty("inputSchema", out var input))
        {
            fault = Collect(input, parameters);
        }

        return new ToolSchema(parameters, open, fault);
    }

    private static string? Collect(JsonElement input, List<HeaderParameter> found)
    {
        string? fault = null;
        var reachable = 0;
        Collect(input, [], found, ref reachable, ref fault);
        return fault ?? (Count(input) == reachable ? null : $"'{Annotation}' stands where no chain of 'properties' leads");
    }

    /// <summary>Follows chains of <c>properties</c> only: an annotation is invalid anywhere else.</summary>
    private static void Collect(
        JsonElement schema, IReadOnlyList<string> path, List<HeaderParameter> found, ref int reachable, ref string? fault)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            IReadOnlyList<string> own = [.. path, property.Name];
            if (property.Value.TryGetProperty(Annotation, out var annotation))
            {
                reachable++;
                fault ??= Check(annotation, property.Value, property.Name, found);
                if (fault is null)
                {
                    found.Add(new HeaderParameter(HeaderParameter.HeaderPrefix + annotation.GetString(), own));
                }
            }

            Collect(property.Value, own, found, ref reachable, ref fault);
        }
    }

    private static string? Check(JsonElement annotation, JsonElement schema, string property, List<HeaderParameter> found)
    {
        if (annotation.ValueKind != JsonValueKind.String || annotation.GetString() is not { Length: > 0 } name)
        {
            return $"'{Annotation}' of '{property}' is not a name";
        }

        if (!HttpToken.IsValid(name))
        {
            return $"'{Annotation}' of '{property}' is no valid header name: '{name}'";
        }

        if (found.Exists(f => f.Header.Equals(HeaderParameter.HeaderPrefix + name, StringComparison.OrdinalIgnoreCase)))
        {
            return $"'{Annotation}' '{name}' occurs twice";
        }

        return schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            && type.GetString() is "string" or "integer" or "boolean"
            ? null
            : $"'{Annotation}' of '{property}' needs the type string, integer or boolean";
    }

    /// <summary>
    /// Counts annotations: members of that name whose value is no schema, so that a property which happens to be called
    /// <c>x-mcp-header</c> is none.
    /// </summary>
    private static int Count(JsonElement element, bool isPropertyMap = false)
    {
        var count = 0;
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                count += Count(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (!isPropertyMap && member.NameEquals(Annotation))
                {
                    count++;
                }
                else if (isPropertyMap || !IsLiteral(member.Name))
                {
                    count += Count(member.Value, !isPropertyMap && member.Name is "properties" or "$defs" or "definitions" or "patternProperties");
                }
            }
        }

        return count;
    }

    /// <summary>Keywords whose value is data, not a schema.</summary>
    private static bool IsLiteral(string keyword) => keyword is "default" or "const" or "enum" or "examples";
}
