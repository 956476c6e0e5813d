using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer;

/// <summary>How a tool or a prompt asks its client for something, and reads what came back.</summary>
internal static class ClientInput
{
    /// <summary>A question whose answer has one required property of a primitive type.</summary>
    public static InputRequest Question(string message, string property, string type) => Elicitation(message, $$"""
        { "type": "object", "properties": { "{{property}}": { "type": "{{type}}" } }, "required": ["{{property}}"] }
        """);

    public static InputRequest Elicitation(string message, string requestedSchema) => Create(
        RequestMethods.ElicitationCreate,
        new JsonObject { ["message"] = message, ["requestedSchema"] = JsonNode.Parse(requestedSchema) });

    public static InputRequest Sampling(string prompt, int maxTokens) => Create(
        RequestMethods.SamplingCreateMessage,
        new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonObject { ["type"] = "text", ["text"] = prompt },
            }),
            ["maxTokens"] = maxTokens,
        });

    public static InputRequest Roots() => Create(RequestMethods.RootsList, []);

    /// <summary>What to throw to have the client asked. The SDK makes of it what the session's revision has.</summary>
    /// <returns>An <see cref="InputRequiredException"/>, or the refusal of a client that cannot be asked.</returns>
    public static Exception Ask<T>(
        RequestContext<T> request, IDictionary<string, InputRequest> questions, string? requestState = null)
    {
        var missing = questions.Values.Where(question => !CanAnswer(request.Server.ClientCapabilities, question)).ToArray();
        if (missing.Length == 0)
        {
            return new InputRequiredException(questions, requestState);
        }

        var methods = missing.Select(question => question.Method).ToHashSet();
        return Revisions.IsModern(request)
            ? new MissingRequiredClientCapabilityException(CapabilitiesFor(methods))
            : new McpException($"The client does not support {string.Join(", ", methods)}.");
    }

    /// <summary>The answer to one question; false when it is absent or not even an object, so that it has to be asked again.</summary>
    public static bool TryGetAnswer(IDictionary<string, InputResponse>? answers, string key, out JsonElement answer)
    {
        answer = answers is not null && answers.TryGetValue(key, out var response) ? response.RawValue : default;
        return answer.ValueKind is JsonValueKind.Object;
    }

    /// <summary>A text that the user filled in; false when the form was not accepted or lacks it.</summary>
    public static bool TryGetText(
        IDictionary<string, InputResponse>? answers, string key, string property, [NotNullWhen(true)] out string? text)
    {
        text = TryGetAnswer(answers, key, out var answer)
            && answer.TryGetProperty("content", out var content)
            && content.ValueKind is JsonValueKind.Object
            && content.TryGetProperty(property, out var value)
            && value.ValueKind is JsonValueKind.String
                ? value.GetString()
                : null;
        return text is not null;
    }

    public static bool CanAnswer(ClientCapabilities? capabilities, InputRequest question) => question.Method switch
    {
        RequestMethods.ElicitationCreate => capabilities?.Elicitation is not null,
        RequestMethods.SamplingCreateMessage => capabilities?.Sampling is not null,
        RequestMethods.RootsList => capabilities?.Roots is not null,
        _ => false,
    };

    private static ClientCapabilities CapabilitiesFor(HashSet<string> methods) => new()
    {
        Elicitation = methods.Contains(RequestMethods.ElicitationCreate) ? new ElicitationCapability() : null,
        Sampling = methods.Contains(RequestMethods.SamplingCreateMessage) ? new SamplingCapability() : null,
        Roots = methods.Contains(RequestMethods.RootsList) ? new RootsCapability() : null,
    };

    private static InputRequest Create(string method, JsonObject parameters) =>
        new() { Method = method, Params = JsonSerializer.SerializeToElement(parameters) };
}
