using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpHub.Tests.Configuration;

/// <summary>As much of JSON Schema 2020-12 as the schema of the configuration uses. A keyword that it does not know is an exception.</summary>
internal sealed class SchemaValidator(JsonElement root)
{
    /// <summary>Returns what is wrong, one line each.</summary>
    public IReadOnlyList<string> Validate(JsonElement value)
    {
        var errors = new List<string>();
        Check(root, value, "$", errors);
        return errors;
    }

    /// <summary>Follows <c>$ref</c>, if there is one.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out var reference))
        {
            return schema;
        }

        return reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(root, (element, name) => element.GetProperty(name));
    }

    private void Check(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Holds(schema, keyword.Name, keyword.Value, value, path, errors))
            {
                errors.Add($"{path}: {keyword.Name} {keyword.Value.GetRawText()}");
            }
        }
    }

    private bool Holds(JsonElement schema, string keyword, JsonElement argument, JsonElement value, string path, List<string> errors)
    {
        switch (keyword)
        {
            case "$schema" or "$id" or "$defs" or "title" or "description" or "default" or "examples":
                return true;
            case "$ref":
                Check(Resolve(schema), value, path, errors);
                return true;
            case "type":
                return HasType(argument.GetString()!, value);
            case "enum":
                return argument.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value));
            case "pattern":
                return value.ValueKind is not JsonValueKind.String || Regex.IsMatch(value.GetString()!, argument.GetString()!);
            case "minLength":
                return value.ValueKind is not JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() >= argument.GetInt32();
            case "maxLength":
                return value.ValueKind is not JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= argument.GetInt32();
            case "minimum":
                return value.ValueKind is not JsonValueKind.Number || value.GetDouble() >= argument.GetDouble();
            case "maximum":
                return value.ValueKind is not JsonValueKind.Number || value.GetDouble() <= argument.GetDouble();
            case "minItems":
                return value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() >= argument.GetInt32();
            case "required":
                return value.ValueKind is not JsonValueKind.Object
                    || argument.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "anyOf":
                return argument.EnumerateArray().Any(choice => Passes(choice, value));
            case "oneOf":
                return argument.EnumerateArray().Count(choice => Passes(choice, value)) == 1;
            case "items":
                CheckItems(argument, value, path, errors);
                return true;
            case "properties":
                foreach (var property in Members(value).Where(member => argument.TryGetProperty(member.Name, out _)))
                {
                    Check(argument.GetProperty(property.Name), property.Value, $"{path}.{property.Name}", errors);
                }

                return true;
            case "propertyNames":
                return Members(value).All(member => Passes(argument, JsonSerializer.SerializeToElement(member.Name)));
            case "additionalProperties":
                return CheckAdditional(schema, argument, value, path, errors);
            default:
                throw new NotSupportedException($"The keyword {keyword} is unknown here.");
        }
    }

    private void CheckItems(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        var index = 0;
        foreach (var item in value.ValueKind is JsonValueKind.Array ? value.EnumerateArray() : default)
        {
            Check(schema, item, $"{path}[{index++}]", errors);
        }
    }

    private bool CheckAdditional(JsonElement schema, JsonElement argument, JsonElement value, string path, List<string> errors)
    {
        var others = Members(value)
            .Where(member => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(member.Name, out _))
            .ToList();
        if (argument.ValueKind is JsonValueKind.False)
        {
            return others.Count == 0;
        }

        others.ForEach(member => Check(argument, member.Value, $"{path}.{member.Name}", errors));
        return true;
    }

    private bool Passes(JsonElement schema, JsonElement value)
    {
        var errors = new List<string>();
        Check(schema, value, "", errors);
        return errors.Count == 0;
    }

    private static IEnumerable<JsonProperty> Members(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object ? value.EnumerateObject() : Enumerable.Empty<JsonProperty>();

    private static bool HasType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind is JsonValueKind.Number,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException($"The type {type} is unknown here."),
    };
}
