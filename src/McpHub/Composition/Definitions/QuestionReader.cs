using System.Text.Json;
using McpHub.Composition.Values;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>Reads <c>elicit</c>: what a step asks the caller, by a form (2025-06-18, "Elicitation").</summary>
internal static class QuestionReader
{
    private const string Example = "{\"message\": \"Really?\", \"schema\": {\"type\": \"object\", \"properties\": {}}}";

    private static readonly byte[] NoQuestions = """{"type":"object","properties":{}}"""u8.ToArray();

    /// <returns>The params of <c>elicitation/create</c>.</returns>
    public static ValueExpression Read(ConfigNode node, ExpressionReader expressions)
    {
        if (DefinitionNodes.Open(node, expressions.Issues, Example) is not { } members)
        {
            return new ConstantValue("{}"u8.ToArray());
        }

        members.Required("message", "Add \"message\", what the caller is asked.");
        var schema = members.Take("schema");
        members.Finish();
        if (schema is not null)
        {
            CheckForm(schema, expressions.Issues);
        }

        return new ObjectValue(
        [
            ("\"message\""u8.ToArray(), node["message"] is { } message ? expressions.Read(message) : new ConstantValue("\"\""u8.ToArray())),
            ("\"requestedSchema\""u8.ToArray(), schema is null ? new ConstantValue(NoQuestions) : expressions.Read(schema)),
        ]);
    }

    /// <summary>Forms are flat: clients show no others.</summary>
    private static void CheckForm(ConfigNode schema, IssueCollector issues)
    {
        if (schema.Kind != JsonValueKind.Object || schema["type"]?.Text != "object" || schema["properties"] is not { Kind: JsonValueKind.Object } properties)
        {
            issues.Error(schema, new Problem("is no form", $"Write a schema of an object with its properties, as in {Example}."));
            return;
        }

        foreach (var property in properties.Members.Where(p => p.Node["type"]?.Text is "object"))
        {
            issues.Error(property.Node, new Problem("is an object within a form", "Write strings, numbers, booleans and choices only; clients show no others."));
        }
    }
}
