using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>
/// Tools that end a round with <c>input_required</c> and are called again with the answers. Each asks again for what is missing
/// or malformed and ignores what it did not ask for.
/// </summary>
internal static class InputRequiredTools
{
    private static readonly InputRequest AskName = ClientInput.Question("What is your name?", "name", "string");
    private static readonly InputRequest AskConfirmation = ClientInput.Question("Please confirm", "ok", "boolean");

    public static FixtureTool[] All { get; } =
    [
        new("test_input_required_result_elicitation", "Asks for a name.", Name),
        new("test_input_required_result_sampling", "Asks the client's model for the capital of France.", Capital),
        new("test_input_required_result_list_roots", "Asks for the client's roots.", Roots),
        new("test_input_required_result_request_state", "Asks for a confirmation and has the client carry a state.", CarriedState),
        new("test_input_required_result_multiple_inputs", "Asks for three things at once.", MultipleInputs),
        new("test_input_required_result_multi_round", "Asks twice, the second time with another state.", MultiRound),
        new("test_input_required_result_tampered_state", "Refuses a state that was changed on the way.", CarriedState),
        new("test_input_required_result_capabilities", "Asks only for what the client says it can give.", DeclaredOnly),
    ];

    private static ValueTask<CallToolResult> Name(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        ClientInput.TryGetText(request.Params.InputResponses, "user_name", "name", out var name)
            ? Done($"Hello, {name}!")
            : throw Ask(request, "user_name", AskName);

    private static ValueTask<CallToolResult> Capital(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        ClientInput.TryGetAnswer(request.Params.InputResponses, "capital_question", out var answer)
            ? Done($"The client answered: {answer.GetRawText()}")
            : throw Ask(request, "capital_question", ClientInput.Sampling("What is the capital of France?", maxTokens: 100));

    private static ValueTask<CallToolResult> Roots(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        ClientInput.TryGetAnswer(request.Params.InputResponses, "client_roots", out var answer)
            && answer.TryGetProperty("roots", out var roots) && roots.ValueKind is JsonValueKind.Array
            ? Done($"The client has these roots: {string.Join(", ", roots.EnumerateArray().Select(root => root.GetProperty("uri")))}")
            : throw Ask(request, "client_roots", ClientInput.Roots());

    private static ValueTask<CallToolResult> CarriedState(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var state = RequestStateSeal.Open(request.Params.RequestState);
        return state == "confirming" && ClientInput.TryGetAnswer(request.Params.InputResponses, "confirm", out _)
            ? Done("state-ok: the state came back as it was sent")
            : throw Ask(request, "confirm", AskConfirmation, "confirming");
    }

    private static ValueTask<CallToolResult> MultipleInputs(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var questions = new Dictionary<string, InputRequest>
        {
            ["user_name"] = AskName,
            ["greeting"] = ClientInput.Sampling("Generate a greeting", maxTokens: 50),
            ["client_roots"] = ClientInput.Roots(),
        };

        var state = RequestStateSeal.Open(request.Params.RequestState);
        return state == "gathering" && questions.Keys.All(key => ClientInput.TryGetAnswer(request.Params.InputResponses, key, out _))
            ? Done("All three answers arrived.")
            : throw ClientInput.Ask(request, questions, RequestStateSeal.Seal("gathering"));
    }

    private static ValueTask<CallToolResult> MultiRound(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var answers = request.Params.InputResponses;
        var askColor = ClientInput.Question("Step 2: What is your favorite color?", "color", "string");
        switch (RequestStateSeal.Open(request.Params.RequestState))
        {
            case "round-1" when ClientInput.TryGetText(answers, "step1", "name", out var name):
                throw Ask(request, "step2", askColor, $"round-2 {name}");
            case { } state when state.StartsWith("round-2 ", StringComparison.Ordinal):
                return ClientInput.TryGetText(answers, "step2", "color", out var color)
                    ? Done($"{state["round-2 ".Length..]} likes {color}.")
                    : throw Ask(request, "step2", askColor, state);
            default:
                throw Ask(request, "step1", ClientInput.Question("Step 1: What is your name?", "name", "string"), "round-1");
        }
    }

    private static ValueTask<CallToolResult> DeclaredOnly(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var questions = new Dictionary<string, InputRequest>
        {
            ["user_name"] = AskName,
            ["greeting"] = ClientInput.Sampling("Generate a greeting", maxTokens: 50),
            ["client_roots"] = ClientInput.Roots(),
        };
        foreach (var (key, question) in questions)
        {
            if (!ClientInput.CanAnswer(request.Server.ClientCapabilities, question))
            {
                questions.Remove(key);
            }
        }

        return questions.Keys.All(key => ClientInput.TryGetAnswer(request.Params.InputResponses, key, out _))
            ? Done($"The client was asked for: {string.Join(", ", questions.Keys)}")
            : throw ClientInput.Ask(request, questions);
    }

    private static Exception Ask(
        RequestContext<CallToolRequestParams> request, string key, InputRequest question, string? state = null) =>
        ClientInput.Ask(
            request,
            new Dictionary<string, InputRequest> { [key] = question },
            state is null ? null : RequestStateSeal.Seal(state));

    private static ValueTask<CallToolResult> Done(string text) => ValueTask.FromResult(ToolOutput.Text(text));
}
