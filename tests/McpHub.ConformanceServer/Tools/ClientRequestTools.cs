using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Tools that ask the client for a completion or a form, as servers have done since before 2026-07-28.</summary>
internal static class ClientRequestTools
{
    private const string Key = "answer";

    private const string PromptSchema =
        """{"type":"object","properties":{"prompt":{"type":"string"}},"required":["prompt"],"additionalProperties":false}""";

    private const string MessageSchema =
        """{"type":"object","properties":{"message":{"type":"string"}},"required":["message"],"additionalProperties":false}""";

    private const string UserForm = """
        {
          "type": "object",
          "properties": {
            "username": { "type": "string", "description": "The name to use" },
            "email": { "type": "string", "description": "Where to write to" }
          },
          "required": ["username", "email"]
        }
        """;

    private const string FormWithDefaults = """
        {
          "type": "object",
          "properties": {
            "name": { "type": "string", "description": "User name", "default": "John Doe" },
            "age": { "type": "integer", "description": "User age", "default": 30 },
            "score": { "type": "number", "description": "User score", "default": 95.5 },
            "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
            "verified": { "type": "boolean", "description": "Verification status", "default": true }
          },
          "required": []
        }
        """;

    private const string FormWithEnums = """
        {
          "type": "object",
          "properties": {
            "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
            "titledSingle": {
              "type": "string",
              "oneOf": [
                { "const": "value1", "title": "First Option" },
                { "const": "value2", "title": "Second Option" },
                { "const": "value3", "title": "Third Option" }
              ]
            },
            "legacyEnum": {
              "type": "string",
              "enum": ["opt1", "opt2", "opt3"],
              "enumNames": ["Option One", "Option Two", "Option Three"]
            },
            "untitledMulti": { "type": "array", "items": { "type": "string", "enum": ["option1", "option2", "option3"] } },
            "titledMulti": {
              "type": "array",
              "items": {
                "anyOf": [
                  { "const": "value1", "title": "First Choice" },
                  { "const": "value2", "title": "Second Choice" },
                  { "const": "value3", "title": "Third Choice" }
                ]
              }
            }
          },
          "required": []
        }
        """;

    public static FixtureTool[] All { get; } =
    [
        new("test_sampling", "Has the client's model answer a prompt.", Sample, PromptSchema),
        new("test_elicitation", "Has the client's user fill in a name and an address.",
            (request, _) => Elicit(request, Argument(request, "message"), UserForm), MessageSchema),
        new("test_elicitation_sep1034_defaults", "Shows a form in which every field has a default.",
            (request, _) => Elicit(request, "Please review the defaults.", FormWithDefaults)),
        new("test_elicitation_sep1330_enums", "Shows a form with every kind of choice.",
            (request, _) => Elicit(request, "Please choose.", FormWithEnums)),
    ];

    private static ValueTask<CallToolResult> Sample(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        if (!ClientInput.TryGetAnswer(request.Params.InputResponses, Key, out var answer))
        {
            throw ClientInput.Ask(request, new Dictionary<string, InputRequest>
            {
                [Key] = ClientInput.Sampling(Argument(request, "prompt"), maxTokens: 100),
            });
        }

        return ValueTask.FromResult(ToolOutput.Text($"LLM response: {SampledText(answer)}"));
    }

    private static ValueTask<CallToolResult> Elicit(RequestContext<CallToolRequestParams> request, string message, string schema)
    {
        if (!ClientInput.TryGetAnswer(request.Params.InputResponses, Key, out var answer))
        {
            throw ClientInput.Ask(request, new Dictionary<string, InputRequest> { [Key] = ClientInput.Elicitation(message, schema) });
        }

        var action = answer.TryGetProperty("action", out var given) ? given.ToString() : "(none)";
        var content = answer.TryGetProperty("content", out var filledIn) ? filledIn.GetRawText() : "{}";
        return ValueTask.FromResult(ToolOutput.Text($"Elicitation completed: action={action}, content={content}"));
    }

    private static string Argument(RequestContext<CallToolRequestParams> request, string name) =>
        request.Params.Arguments?.TryGetValue(name, out var value) is true ? value.ToString() : "";

    /// <remarks>The content of a sampled message is one block, or since 2025-11-25 a list of them.</remarks>
    private static string SampledText(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return "(no content)";
        }

        var block = content.ValueKind is JsonValueKind.Array ? content.EnumerateArray().FirstOrDefault() : content;
        return block.ValueKind is JsonValueKind.Object && block.TryGetProperty("text", out var text) ? text.ToString() : "(no text)";
    }
}
